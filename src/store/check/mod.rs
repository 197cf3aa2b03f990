//! Questions of consistency that the database answers by itself, and the walk through each table in short reads.
//!
//! A question is asked of some rows at a time, in one snapshot, so its answer is right while others write, and no writer
//! waits for it.

mod names;
mod table;
mod tables;

pub use names::{misnamed_authors, misnamed_sources, misnamed_tags};
pub use table::{Chunk, Question, Reference, Table};
pub use tables::{
    ARTICLE_PLACES, ARTICLES, AUTHORS, FACET_COUNT, FACET_SET, FACET_SETS, FACETS, SECTIONS,
    SOURCES, TABLES, TAGS,
};
