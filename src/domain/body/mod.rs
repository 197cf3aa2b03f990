//! An article's body: sanitised by construction, read in four forms that agree.
//!
//! A [`Body`] holds canonical HTML of the subset `p h2–h6 strong em a[href title] ul ol[start] li blockquote figure figcaption
//! img[src alt width height] pre code[class=language-*] table thead tbody tr th td br hr sub sup del`. Every way in goes
//! through one builder into a tree of [`Block`]s, whose types have no place for anything else, and the HTML is written
//! from that tree: unknown elements cannot come out because there is no value that stands for them. An allow-list
//! over HTML's own tree (as the ammonia crate has it) would keep a second tree beside the blocks, and inherit the
//! quadratic cases of HTML tree construction.
//!
//! Canonical means: reading [`Body::html`] again gives the same HTML, and so do the blocks and the Markdown.
//! - Images are blocks (`<figure>`); one inside a paragraph follows it, one at a line's start goes before.
//! - Two line breaks or more in a row part paragraphs; breaks and spaces at a paragraph's edge go.
//! - White space between two marks carries only what both carry, so that marks begin and end in text.
//! - Cells and captions hold inline text only; the rows of a table are as long as the longest.
//! - Text is kept as written otherwise, without Unicode normalisation.

mod address;
mod addresses;
mod blocks;
mod builder;
mod error;
mod from_blocks;
mod html_read;
mod html_write;
mod markdown_inline;
mod markdown_read;
mod markdown_write;
mod nesting;
mod plain;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use blocks::{Block, Cell, Inline, Link, Mark, Marks, Style};
pub use error::{Altered, BodyError, MAX_BYTES, MAX_DEPTH};
pub use words::{Length, length, word_count};

use builder::Builder;
use html_read::HtmlReader;
use markdown_read::MarkdownReader;
use plain::PlainWriter;

/// The body of an article, as canonical sanitised HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    html: String,
}

/// A body and what sanitising took out of it.
type Read = Result<(Body, Altered), BodyError>;

impl Body {
    /// Reads HTML.
    pub fn from_html(html: &str) -> Result<Self, BodyError> {
        Self::from_html_reporting(html).map(|(body, _)| body)
    }

    /// Reads HTML, and says what was taken out.
    pub fn from_html_reporting(html: &str) -> Read {
        check_size(html)?;
        let mut reader = HtmlReader::new();
        reader.read(html);
        Self::built(reader.builder)
    }

    /// Reads Markdown: CommonMark with GFM's tables and strikethrough, raw HTML sanitised.
    pub fn from_markdown(markdown: &str) -> Result<Self, BodyError> {
        Self::from_markdown_reporting(markdown).map(|(body, _)| body)
    }

    /// Reads Markdown, and says what was taken out.
    pub fn from_markdown_reporting(markdown: &str) -> Read {
        check_size(markdown)?;
        let mut reader = MarkdownReader::new();
        reader.read(markdown);
        Self::built(reader.html.builder)
    }

    /// Reads plain text: a blank line parts paragraphs, a single newline breaks the line.
    pub fn from_text(text: &str) -> Result<Self, BodyError> {
        Self::from_paragraphs([text].into_iter())
    }

    /// Reads plain text, and says what was taken out.
    pub fn from_text_reporting(text: &str) -> Read {
        Self::from_paragraphs_reporting([text].into_iter())
    }

    /// Reads paragraphs of plain text, each by the rules of [`Body::from_text`].
    pub fn from_paragraphs<'a>(
        paragraphs: impl Iterator<Item = &'a str>,
    ) -> Result<Self, BodyError> {
        Self::from_paragraphs_reporting(paragraphs).map(|(body, _)| body)
    }

    /// Reads paragraphs of plain text, and says what was taken out.
    pub fn from_paragraphs_reporting<'a>(mut paragraphs: impl Iterator<Item = &'a str>) -> Read {
        let mut writer = PlainWriter::new();
        paragraphs.try_for_each(|paragraph| writer.paragraph(paragraph))?;
        let (html, altered) = writer.finish()?;
        Ok((Self { html }, altered))
    }

    /// Reads typed blocks; their text is text, never markup.
    pub fn from_blocks(blocks: &[Block]) -> Result<Self, BodyError> {
        Self::from_blocks_reporting(blocks).map(|(body, _)| body)
    }

    /// Reads typed blocks, and says what was taken out.
    pub fn from_blocks_reporting(blocks: &[Block]) -> Read {
        let mut builder = Builder::new();
        from_blocks::read(&mut builder, blocks);
        Self::built(builder)
    }

    /// What [`Body::html`] gave when it was stored; not sanitised again.
    pub(crate) fn from_stored(html: String) -> Self {
        Self { html }
    }

    fn built(builder: Builder) -> Read {
        let (blocks, altered) = builder.finish()?;
        let mut html = String::new();
        html_write::blocks(&mut html, &blocks);
        check_size(&html)?;
        Ok((Self { html }, altered))
    }

    /// The canonical HTML.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The canonical HTML, to be stored.
    pub fn into_html(self) -> String {
        self.html
    }

    /// The body with each address of a link or an image exchanged for what `change` makes of it; `None` where nothing changes.
    pub(crate) fn with_addresses(
        &self,
        change: &mut dyn FnMut(&str) -> Option<String>,
    ) -> Option<Self> {
        let html = addresses::exchange(&self.html, change)?;
        Some(Self { html })
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.html.is_empty()
    }

    /// The body as typed blocks.
    pub fn blocks(&self) -> Vec<Block> {
        let mut reader = HtmlReader::new();
        reader.read(&self.html);
        reader
            .builder
            .finish()
            .map(|(blocks, _)| blocks)
            .unwrap_or_default()
    }

    /// The body as plain text: blocks parted by one blank line, list items and table rows one a line, no markers.
    pub fn text(&self) -> String {
        text::text(&self.blocks())
    }

    /// The body as Markdown: CommonMark with GFM's tables and strikethrough, which [`Body::from_markdown`] reads back.
    pub fn markdown(&self) -> String {
        markdown_write::markdown(&self.blocks())
    }

    /// Words and reading time.
    pub fn length(&self) -> Length {
        length(&self.text())
    }
}

fn check_size(input: &str) -> Result<(), BodyError> {
    if input.len() > MAX_BYTES {
        Err(BodyError::TooLarge)
    } else {
        Ok(())
    }
}
