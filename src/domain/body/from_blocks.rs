//! Blocks from outside into a tree: they go through the builder like every other input.

use super::blocks::{Block, Cell, Inline, Style};
use super::builder::Builder;
use super::error::{BodyError, MAX_DEPTH};
use super::html_read::language_name;

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

fn one(builder: &mut Builder, block: &Block, depth: usize) {
    match block {
        Block::Paragraph { content } => {
            builder.boundary();
            inline(builder, content);
            builder.boundary();
        }
        Block::Heading { level, content } => {
            if !(2..=6).contains(level) {
                return builder.fail(BodyError::HeadingLevel(*level));
            }
            builder.open_heading(*level);
            inline(builder, content);
            builder.close_heading();
        }
        Block::List {
            ordered,
            start,
            items,
        } => {
            builder.open_list(*ordered, *start);
            for item in items {
                builder.open_item();
                nested(builder, item, depth + 1);
                builder.close_item();
            }
            builder.close_list();
        }
        Block::Quote { blocks } => {
            builder.open_quote();
            nested(builder, blocks, depth + 1);
            builder.close_quote();
        }
        Block::Image { .. } => image(builder, block),
        Block::Table { head, body } => table(builder, head, body),
        Block::Code { language, text } => {
            builder.open_pre(language.as_deref().and_then(language_name));
            builder.text(text);
            builder.close_pre();
        }
        Block::Rule {} => builder.rule(),
    }
}

fn image(builder: &mut Builder, block: &Block) {
    let Block::Image {
        src,
        alt,
        width,
        height,
        caption,
    } = block
    else {
        return;
    };
    let is_size = |size: &u32| (1..=100_000).contains(size);
    builder.open_figure();
    builder.image(src, alt, width.filter(is_size), height.filter(is_size));
    builder.open_caption();
    inline(builder, caption);
    builder.close_caption();
    builder.close_figure();
}

fn table(builder: &mut Builder, head: &[Vec<Cell>], body: &[Vec<Cell>]) {
    builder.open_table();
    for (is_head, rows) in [(true, head), (false, body)] {
        builder.table_part(is_head);
        for row in rows {
            builder.open_row();
            for cell in row {
                builder.open_cell(cell.header);
                inline(builder, &cell.content);
                builder.close_cell();
            }
            builder.close_row();
        }
    }
    builder.close_table();
}

fn inline(builder: &mut Builder, content: &[Inline]) {
    for run in content {
        let styles = || Style::ALL.into_iter().filter(|style| run.marks.has(*style));
        styles().for_each(|style| builder.open_style(style));
        if let Some(link) = run.marks.link() {
            builder.open_link(&link.href, link.title.as_deref());
        }
        for (at, line) in run.text.split('\n').enumerate() {
            if at > 0 {
                builder.line_break();
            }
            builder.text(line);
        }
        builder.close_link();
        styles().for_each(|style| builder.close_style(style));
    }
}
