//! Full-text search: a library over its own index, which knows neither the database nor HTTP.
//!
//! - `fold`, `words` and `stems` are the chain from text to terms, the same for articles, queries and highlights.
//! - `parse` reads what people type; every input has a reading.
//! - `document` has the fields of the index, `terms` what texts become, `entry` what the index takes; `index` keeps it, on a
//!   `shelf` with one `writer`; `folders` says where.
//! - `matching` turns a query into a set of articles as `bits`, reading places for a `phrase` only, once in each article (`placed`); `scoring` weighs them,
//!   `ranking` looks closely at the likely ones, `spelling` reads what no article holds.
//! - `facets` counts, `highlight` marks what matched, `suggest` completes what is being typed.
//!
//! The index holds public articles only. What a reader may see of them is a [`Filter`](crate::domain::search::Filter) that the caller brings along: every
//! question, also that after a spelling or a suggestion, is asked under it.

mod admitted;
mod bits;
mod columns;
mod document;
mod entry;
pub mod error;
pub mod facets;
mod fallback;
#[cfg(unix)]
mod files;
mod filter;
pub mod fold;
pub mod folders;
pub mod highlight;
pub mod hits;
pub mod index;
mod lengths;
mod matching;
pub mod names;
#[cfg(unix)]
mod packed;
pub mod parse;
mod phrase;
mod placed;
mod positions;
mod ranking;
mod retyping;
mod scoring;
mod sets;
mod shelf;
mod sorting;
mod spelling;
pub mod stems;
pub mod suggest;
mod terms;
pub mod words;
mod writer;

#[cfg(test)]
mod judged;
#[cfg(test)]
mod tests;

pub use error::SearchError;
pub use folders::Place;
pub use hits::{Read, Results};
pub use index::Library;
pub use parse::Parsed;
pub use sorting::{Hit, Order};
