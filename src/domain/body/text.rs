//! The tree as plain text: what is read aloud, searched and counted.

use super::blocks::{Block, Cell, Inline};

/// Blocks parted by one blank line, list items and table rows one a line, cells by a tab, code as it stands.
///
/// An image gives its caption, a gallery a line for each of its captions, an embed its caption and its address; a rule gives
/// nothing.
pub(super) fn text(list: &[Block]) -> String {
    Writer { addresses: true }.text(list)
}

/// The same without the addresses of embeds, which nobody reads.
pub(super) fn prose(list: &[Block]) -> String {
    Writer { addresses: false }.text(list)
}

struct Writer {
    addresses: bool,
}

impl Writer {
    fn text(&self, list: &[Block]) -> String {
        let mut out = String::new();
        for block in list {
            self.push_block(&mut out, block, "\n\n");
        }
        out
    }

    fn push_block(&self, out: &mut String, block: &Block, between: &str) {
        match block {
            Block::Paragraph { content, .. }
            | Block::Heading { content, .. }
            | Block::Image {
                caption: content, ..
            } => {
                push(out, between, &inline(content, "\n"));
            }
            Block::List { items, .. } => {
                push_lines(
                    out,
                    between,
                    &items
                        .iter()
                        .map(|item| self.item_text(item))
                        .collect::<Vec<_>>(),
                );
            }
            Block::Embed { .. } | Block::Gallery { .. } => {
                push_lines(out, between, &self.figure_lines(block, "\n"));
            }
            Block::Quote { blocks } => push(out, between, &self.text(blocks)),
            Block::Table { head, body, .. } => {
                push_lines(
                    out,
                    between,
                    &head
                        .iter()
                        .chain(body)
                        .map(|row| row_text(row))
                        .collect::<Vec<_>>(),
                );
            }
            Block::Code { text, .. } => push(out, between, text),
            Block::Rule {} => {}
        }
    }

    /// The lines of an embed or a gallery.
    fn figure_lines(&self, block: &Block, line_break: &str) -> Vec<String> {
        match block {
            Block::Embed { url, caption, .. } => {
                let url = self.addresses.then(|| url.clone());
                let caption = inline(caption, line_break);
                std::iter::once(caption).chain(url).collect()
            }
            Block::Gallery {
                images, caption, ..
            } => {
                let captions = images.iter().map(|image| &image.caption);
                let captions = captions.chain(std::iter::once(caption));
                captions
                    .map(|caption| inline(caption, line_break))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// An item's paragraphs are one line each, so that an item of one paragraph is one line.
    fn item_text(&self, item: &[Block]) -> String {
        let mut out = String::new();
        for block in item {
            match block {
                Block::Paragraph { content, .. }
                | Block::Heading { content, .. }
                | Block::Image {
                    caption: content, ..
                } => {
                    push(&mut out, "\n", &inline(content, " "));
                }
                Block::Quote { blocks } => push(&mut out, "\n", &self.item_text(blocks)),
                Block::Embed { .. } | Block::Gallery { .. } => {
                    push_lines(&mut out, "\n", &self.figure_lines(block, " "));
                }
                block => self.push_block(&mut out, block, "\n"),
            }
        }
        out
    }
}

fn push(out: &mut String, between: &str, text: &str) {
    if !text.is_empty() {
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(text);
    }
}

fn push_lines(out: &mut String, between: &str, lines: &[String]) {
    let full: Vec<_> = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(String::as_str)
        .collect();
    push(out, between, &full.join("\n"));
}

fn row_text(row: &[Cell]) -> String {
    let cells: Vec<_> = row.iter().map(|cell| inline(&cell.content, " ")).collect();
    cells.join("\t").trim_end_matches('\t').to_owned()
}

fn inline(content: &[Inline], line_break: &str) -> String {
    let joined: String = content.iter().map(|run| run.text.as_str()).collect();
    if line_break == "\n" {
        joined
    } else {
        joined.replace('\n', line_break)
    }
}
