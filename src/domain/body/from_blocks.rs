//! Blocks from outside into a tree: they go through the builder like every other input.

use super::blocks::{Block, Cell, Inline, Picture};
use super::builder::{Builder, FigureKind, TablePart};
use super::error::{BodyError, MAX_DEPTH};
use super::html_read::language_name;
use super::warnings::Change;

/// Reads blocks into a builder.
pub(super) fn read(builder: &mut Builder, blocks: &[Block]) {
    nested(builder, blocks, 0);
}

fn nested(builder: &mut Builder, blocks: &[Block], depth: usize) {
    if depth > MAX_DEPTH {
        return builder.fail(BodyError::TooDeep);
    }
    for block in blocks {
        if builder.has_failed() {
            return;
        }
        one(builder, block, depth);
    }
}

/// A block that says nothing, by its name. An empty paragraph is white space, and a gallery tells of itself.
fn empty(block: &Block) -> Option<&'static str> {
    match block {
        Block::Heading { content, .. } if content.is_empty() => Some("an empty heading"),
        Block::List { items, .. } if items.is_empty() => Some("an empty list"),
        Block::Quote { blocks } if blocks.is_empty() => Some("an empty quote"),
        Block::Table { head, body, .. }
            if head
                .iter()
                .chain(body)
                .flatten()
                .all(|cell| cell.content.is_empty()) =>
        {
            Some("an empty table")
        }
        _ => None,
    }
}

fn one(builder: &mut Builder, block: &Block, depth: usize) {
    if let Some(what) = empty(block) {
        builder.warnings.add(Change::ElementRemoved, what, "");
    }
    match block {
        Block::Paragraph { id, content } => {
            begin(builder, id);
            builder.runs(content);
            builder.boundary();
        }
        Block::Heading { id, level, content } => {
            if !(2..=6).contains(level) {
                return builder.fail(BodyError::HeadingLevel(*level));
            }
            builder.open_heading(*level);
            target(builder, id);
            builder.runs(content);
            builder.close_heading();
        }
        Block::List {
            ordered,
            start,
            items,
        } => {
            builder.open_list(*ordered, start.map(i64::from), false);
            for item in items {
                builder.open_item(None);
                nested(builder, item, depth + 1);
                builder.close_item();
            }
            builder.close_list();
        }
        Block::Quote { blocks } => {
            builder.open_quote(None);
            nested(builder, blocks, depth + 1);
            builder.close_quote();
        }
        Block::Image { .. } | Block::Embed { .. } | Block::Gallery { .. } => figure(builder, block),
        Block::Table { id, head, body } => {
            begin(builder, id);
            table(builder, head, body);
        }
        Block::Code { language, text } => {
            builder.open_pre(language.as_deref().and_then(language_name));
            builder.text(text);
            builder.close_pre();
        }
        Block::Rule {} => builder.rule(),
    }
}

fn begin(builder: &mut Builder, id: &Option<String>) {
    builder.boundary();
    target(builder, id);
}

fn target(builder: &mut Builder, id: &Option<String>) {
    if let Some(id) = id {
        builder.target(id);
    }
}

fn figure(builder: &mut Builder, block: &Block) {
    match block {
        Block::Image {
            id,
            src,
            alt,
            width,
            height,
            link,
            caption,
        } => {
            begin(builder, id);
            builder.open_figure(FigureKind::Plain);
            linked_image(builder, [src, alt], [*width, *height], link.as_deref());
            caption_and_close(builder, caption);
        }
        Block::Embed {
            id, url, caption, ..
        } => {
            begin(builder, id);
            builder.open_figure(FigureKind::Embed);
            if !builder.embed(url) {
                let what = "an embed without an http, https or relative address";
                builder
                    .warnings
                    .add_sampled(Change::LinkRemoved, what, "", url);
            }
            caption_and_close(builder, caption);
        }
        Block::Gallery {
            id,
            images,
            caption,
        } => {
            begin(builder, id);
            builder.open_figure(FigureKind::Gallery);
            for image in images {
                builder.open_figure(FigureKind::Plain);
                let Picture { src, alt, link, .. } = image;
                let sizes = [image.width, image.height];
                linked_image(builder, [src, alt], sizes, link.as_deref());
                caption_and_close(builder, &image.caption);
            }
            caption_and_close(builder, caption);
        }
        _ => {}
    }
}

fn linked_image(
    builder: &mut Builder,
    [src, alt]: [&str; 2],
    sizes: [Option<u32>; 2],
    link: Option<&str>,
) {
    if let Some(link) = link {
        builder.open_link(link, None);
    }
    builder.image(src, alt, sizes);
    builder.close_link();
}

fn caption_and_close(builder: &mut Builder, caption: &[Inline]) {
    builder.open_caption();
    builder.runs(caption);
    builder.close_caption();
    builder.close_figure();
}

fn table(builder: &mut Builder, head: &[Vec<Cell>], body: &[Vec<Cell>]) {
    builder.open_table();
    for (part, rows) in [(TablePart::Head, head), (TablePart::Body, body)] {
        builder.table_part(part);
        for row in rows {
            builder.open_row();
            for cell in row {
                builder.open_cell(cell.header, [1, 1]);
                builder.runs(&cell.content);
                builder.close_cell();
            }
            builder.close_row();
        }
    }
    builder.close_table();
}
