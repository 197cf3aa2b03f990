//! The tree as Markdown (CommonMark with GFM's tables and strikethrough) that reads back as the same tree.
//!
//! Whatever Markdown has no sign for (captions, sizes, galleries, ids, sub and sup, tables with several header rows, marks that its
//! flanking rules would not see) is written as the HTML of the subset, which Markdown lets stand.

use super::blocks::{Block, Cell};
use super::embed;
use super::html_write;
use super::markdown_inline::{Place, inline, link_target, plain};

/// Writes blocks as Markdown, parted by blank lines.
pub(super) fn markdown(list: &[Block]) -> String {
    let mut out = blocks(list, "\n\n", false);
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Writes blocks; `in_list` says whether they stand in an item, where the address of an embed alone would be a link.
fn blocks(list: &[Block], between: &str, in_list: bool) -> String {
    let mut out = String::new();
    let mut other_marker = false;
    for (at, one) in list.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        let follows_list = at > 0 && is_same_list(&list[at - 1], one);
        other_marker = follows_list && !other_marker;
        out.push_str(&block(one, other_marker, in_list));
    }
    out
}

/// True if two neighbours would read as one list if their markers were the same.
fn is_same_list(before: &Block, after: &Block) -> bool {
    match (before, after) {
        (Block::List { ordered: a, .. }, Block::List { ordered: b, .. }) => a == b,
        _ => false,
    }
}

fn block(block: &Block, other_marker: bool, in_list: bool) -> String {
    match block {
        Block::Paragraph { id: None, content } => inline(content, Place::Paragraph),
        Block::Heading {
            id: None,
            level,
            content,
        } => {
            format!(
                "{} {}",
                "#".repeat(usize::from(*level)),
                inline(content, Place::Heading)
            )
        }
        Block::List {
            ordered,
            start,
            items,
        } => list(*ordered, start.unwrap_or(1), items, other_marker),
        Block::Quote { blocks: quoted } => prefixed(&blocks(quoted, "\n\n", in_list), "> ", "> "),
        Block::Image {
            id: None,
            src,
            alt,
            width: None,
            height: None,
            link,
            caption,
        } if caption.is_empty() => {
            let image = format!("![{}]({})", plain(alt), link_target(src));
            match link {
                Some(link) => format!("[{image}]({})", link_target(link)),
                None => image,
            }
        }
        Block::Embed {
            id: None,
            url,
            caption,
            ..
        } if caption.is_empty() && !in_list && embed::fits_brackets(url) => format!("<{url}>"),
        Block::Table {
            id: None,
            head,
            body,
        } if fits_markdown(head, body) => table(head, body),
        Block::Code { language, text } => code(language.as_deref(), text),
        // Neither `---` nor `***` can stand in a list item without making a rule of its marker.
        Block::Rule {} => "___".to_owned(),
        block => {
            let mut html = String::new();
            html_write::block(&mut html, block);
            html
        }
    }
}

fn list(ordered: bool, start: u32, items: &[Vec<Block>], other_marker: bool) -> String {
    let between = if items.iter().all(|item| is_tight(item)) {
        "\n"
    } else {
        "\n\n"
    };
    let bullet = if other_marker { '*' } else { '-' };
    let delimiter = if other_marker { ')' } else { '.' };
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push_str(between);
        }
        let marker = if ordered {
            // A number of ten digits would not be a marker; only the first one counts.
            let number = u64::from(start) + at as u64;
            format!("{}{delimiter} ", number.min(999_999_999))
        } else {
            format!("{bullet} ")
        };
        let text = blocks(item, between, true);
        out.push_str(&prefixed(&text, &marker, &" ".repeat(marker.len())));
    }
    out
}

/// True if an item can do without blank lines: a list that does not begin at 1 cannot follow a paragraph directly, nor can
/// anything that is no HTML follow a paragraph in HTML.
fn is_tight(item: &[Block]) -> bool {
    let is_plain_list = |block: &Block| matches!(block, Block::List { start: None, .. });
    let is_plain_text = match item.first() {
        Some(Block::Paragraph { id, .. }) => id.is_none(),
        _ => true,
    };
    is_plain_text && html_write::is_tight(item) && item.iter().skip(1).all(is_plain_list)
}

fn prefixed(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::with_capacity(text.len() + first.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let prefix = if at == 0 { first } else { rest };
        out.push_str(if line.is_empty() {
            prefix.trim_end()
        } else {
            prefix
        });
        out.push_str(line);
    }
    out
}

/// GFM has one header row, and no header cells below it.
fn fits_markdown(head: &[Vec<Cell>], body: &[Vec<Cell>]) -> bool {
    head.len() <= 1 && body.iter().flatten().all(|cell| !cell.header)
}

fn table(head: &[Vec<Cell>], body: &[Vec<Cell>]) -> String {
    let width = head.iter().chain(body).map(Vec::len).max().unwrap_or(0);
    let blank = vec![Cell::default(); width];
    let mut rows = vec![row(head.first().unwrap_or(&blank))];
    rows.push(format!("|{}", " --- |".repeat(width)));
    rows.extend(body.iter().map(|cells| row(cells)));
    rows.join("\n")
}

fn row(cells: &[Cell]) -> String {
    let cells: Vec<_> = cells
        .iter()
        .map(|cell| inline(&cell.content, Place::Cell))
        .collect();
    format!("| {} |", cells.join(" | "))
}

fn code(language: Option<&str>, text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{}\n{text}\n{fence}", language.unwrap_or(""))
}
