//! Blocks without the lists and quotes around them.

use super::blocks::Block;

/// The blocks that the lists and quotes of a block hold, in order; any other block as it is.
#[must_use]
pub fn flattened(block: Block) -> Vec<Block> {
    let mut flat = Vec::new();
    let mut open = vec![block];
    while let Some(block) = open.pop() {
        match block {
            Block::Quote { blocks } => open.extend(blocks.into_iter().rev()),
            Block::List { items, .. } => open.extend(items.into_iter().flatten().rev()),
            block => flat.push(block),
        }
    }
    flat
}
