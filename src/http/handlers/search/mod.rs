//! Search: articles by their words, and suggestions while somebody types.

mod facets;
pub(crate) mod find;
mod highlights;
pub(crate) mod suggest;
