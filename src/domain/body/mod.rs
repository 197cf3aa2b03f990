//! An article's body: sanitised by construction, read in four forms that agree.
//!
//! A [`Body`] holds canonical HTML of the subset `p h2–h6 strong em a[href title] ul ol[start] li blockquote figure figcaption
//! img[src alt width height] pre code[class=language-*] table thead tbody tr th td br hr sub sup del`, beside which a figure
//! may be an embed (`<figure class="embed"><a href="…">…</a></figure>`) or a gallery (`<figure class="gallery">` with several
//! images), and the target of a link within the body has its `id`. Every way in goes
//! through one builder into a tree of [`Block`]s, whose types have no place for anything else, and the HTML is written
//! from that tree: unknown elements cannot come out because there is no value that stands for them. An allow-list
//! over HTML's own tree (as the ammonia crate has it) would keep a second tree beside the blocks, and inherit the
//! quadratic cases of HTML tree construction.
//!
//! Canonical means: reading [`Body::html`] again gives the same HTML, and so do the blocks and the Markdown.
//! - Images are blocks (`<figure>`), with the link around them; one inside a paragraph follows it, one at a line's start goes before.
//! - Two line breaks or more in a row part paragraphs; breaks and spaces at a paragraph's edge go.
//! - White space between two marks carries only what both carry, so that marks begin and end in text.
//! - Cells and captions hold inline text only; the rows of a table are as long as the longest.
//! - Whatever has no place becomes what is nearest to it, and [`Warnings`] say so.
//! - Text is kept as written otherwise, without Unicode normalisation.

mod address;
mod addresses;
mod block_faults;
mod blocks;
mod builder;
#[cfg(test)]
mod cases;
mod embed;
mod error;
mod flat;
mod from_blocks;
mod front_matter;
mod heading_levels;
mod html_read;
mod html_write;
mod markdown_inline;
mod markdown_read;
mod markdown_survey;
mod markdown_write;
mod nesting;
mod plain;
mod targets;
#[cfg(test)]
mod tests;
mod text;
mod typography;
mod warnings;
mod words;

pub use block_faults::{faults_of_block, faults_of_blocks};
pub use blocks::{Block, Cell, Inline, Link, Mark, Marks, Picture, Style};
pub use error::{BodyError, MAX_BYTES, MAX_DEPTH};
pub use flat::flattened;
pub use warnings::Warnings;
pub use words::{Length, length, word_count};

use builder::Builder;
use html_read::HtmlReader;
use markdown_read::MarkdownReader;
use plain::PlainWriter;
use typography::Typography;
use url::{ParseError, Url};

use super::language::LanguageTag;

/// The body of an article, as canonical sanitised HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    html: String,
}

/// A body and what reading it changed or left out.
type Read = Result<(Body, Warnings), BodyError>;

impl Body {
    /// Reads HTML.
    pub fn from_html(html: &str) -> Result<Self, BodyError> {
        Self::from_html_reporting(html, None).map(|(body, _)| body)
    }

    /// Reads HTML of a language, and says what was changed or left out.
    pub fn from_html_reporting(html: &str, lang: Option<&LanguageTag>) -> Read {
        check_size(html)?;
        let mut reader = HtmlReader::new(Typography::of(lang));
        reader.read(html);
        Self::built(reader.finish())
    }

    /// Reads Markdown: CommonMark with GFM's tables, strikethrough, footnotes and task lists, raw HTML sanitised.
    pub fn from_markdown(markdown: &str) -> Result<Self, BodyError> {
        Self::from_markdown_reporting(markdown, None).map(|(body, _)| body)
    }

    /// Reads Markdown of a language, and says what was changed or left out.
    pub fn from_markdown_reporting(markdown: &str, lang: Option<&LanguageTag>) -> Read {
        check_size(markdown)?;
        let mut reader = MarkdownReader::new(Typography::of(lang));
        reader.read(markdown);
        Self::built(reader.finish())
    }

    /// Reads plain text: a blank line parts paragraphs, a single newline breaks the line.
    pub fn from_text(text: &str) -> Result<Self, BodyError> {
        Self::from_paragraphs([text].into_iter())
    }

    /// Reads plain text, and says what was left out.
    pub fn from_text_reporting(text: &str) -> Read {
        Self::from_paragraphs_reporting([text].into_iter())
    }

    /// Reads paragraphs of plain text, each by the rules of [`Body::from_text`].
    pub fn from_paragraphs<'a>(
        paragraphs: impl Iterator<Item = &'a str>,
    ) -> Result<Self, BodyError> {
        Self::from_paragraphs_reporting(paragraphs).map(|(body, _)| body)
    }

    /// Reads paragraphs of plain text, and says what was left out.
    pub fn from_paragraphs_reporting<'a>(mut paragraphs: impl Iterator<Item = &'a str>) -> Read {
        let mut writer = PlainWriter::new();
        paragraphs.try_for_each(|paragraph| writer.paragraph(paragraph))?;
        let (html, warnings) = writer.finish()?;
        Ok((Self { html }, warnings))
    }

    /// Reads typed blocks; their text is text, never markup.
    pub fn from_blocks(blocks: &[Block]) -> Result<Self, BodyError> {
        Self::from_blocks_reporting(blocks).map(|(body, _)| body)
    }

    /// Reads typed blocks, and says what was changed or left out.
    pub fn from_blocks_reporting(blocks: &[Block]) -> Read {
        let mut builder = Builder::new(Typography::default());
        from_blocks::read(&mut builder, blocks);
        Self::built(builder)
    }

    /// The body of stored [`Body::html`]; not sanitised again.
    pub(crate) fn from_stored(html: String) -> Self {
        Self { html }
    }

    fn built(mut builder: Builder) -> Read {
        let base = builder.base.take();
        let (blocks, warnings) = settled(builder)?;
        let mut html = String::new();
        html_write::blocks(&mut html, &blocks);
        check_size(&html)?;
        let mut body = Self { html };
        if let Some(whole) = base.and_then(|base| body.resolved(&base)) {
            check_size(&whole.html)?;
            body = whole;
        }
        Ok((body, warnings))
    }

    /// The body with its relative addresses as whole ones; those of places in it stay. Stops where that makes it too large.
    fn resolved(&self, base: &Url) -> Option<Self> {
        let mut size = self.html.len();
        self.with_addresses(&mut |address| {
            let is_relative = Url::parse(address) == Err(ParseError::RelativeUrlWithoutBase);
            if !is_relative || address.starts_with('#') || size > MAX_BYTES {
                return None;
            }
            let whole = String::from(base.join(address).ok()?);
            size += whole.len().saturating_sub(address.len());
            Some(whole)
        })
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

    /// Its pictures in their order: address and alternative text.
    pub fn pictures(&self) -> Vec<(String, String)> {
        addresses::pictures(&self.html)
    }

    /// True if it is empty.
    pub fn is_empty(&self) -> bool {
        self.html.is_empty()
    }

    /// The body as typed blocks.
    pub fn blocks(&self) -> Vec<Block> {
        let mut reader = HtmlReader::new(Typography::default());
        reader.read(&self.html);
        settled(reader.finish())
            .map(|(blocks, _)| blocks)
            .unwrap_or_default()
    }

    /// The body as plain text: blocks parted by one blank line, list items and table rows one a line, no markers.
    pub fn text(&self) -> String {
        text::text(&self.blocks())
    }

    /// The beginning of the body as plain text, from so many bytes of its HTML at the most. It ends before a tag.
    pub(crate) fn beginning(&self, bytes: usize) -> String {
        let html = self.html();
        if html.len() <= bytes {
            return self.text();
        }
        let start = &html[..html.floor_char_boundary(bytes)];
        let end = start.rfind('<').unwrap_or(0);
        Self::from_stored(start[..end].to_owned()).text()
    }

    /// The body as Markdown: CommonMark with GFM's tables and strikethrough, which [`Body::from_markdown`] reads back.
    pub fn markdown(&self) -> String {
        markdown_write::markdown(&self.blocks())
    }

    /// Words and reading time; the addresses of embeds are not read.
    pub fn length(&self) -> Length {
        length(&text::prose(&self.blocks()))
    }
}

/// The blocks of a builder, each with the one id that links lead to. Where links were led to another id, neighbours may have
/// become one link, so the blocks are built again.
fn settled(mut builder: Builder) -> Result<(Vec<Block>, Warnings), BodyError> {
    let anchors = std::mem::take(&mut builder.anchors);
    let lost = std::mem::take(&mut builder.lost);
    let (mut blocks, mut warnings) = builder.finish()?;
    if targets::settle(&mut blocks, &mut warnings) {
        let mut again = Builder::new(Typography::default());
        from_blocks::read(&mut again, &blocks);
        blocks = again.finish()?.0;
        targets::settle(&mut blocks, &mut warnings);
    }
    targets::tell_lost(&mut blocks, &anchors, &lost, &mut warnings);
    Ok((blocks, warnings))
}

fn check_size(input: &str) -> Result<(), BodyError> {
    if input.len() > MAX_BYTES {
        Err(BodyError::TooLarge)
    } else {
        Ok(())
    }
}
