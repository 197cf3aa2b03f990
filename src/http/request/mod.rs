//! The parts of a request: its context, its query, its fields.

pub(crate) mod article_filter;
pub(crate) mod context;
pub(crate) mod facets;
pub(crate) mod field_selection;
pub(crate) mod format;
pub(crate) mod json_fields;
mod json_lists;
pub(crate) mod limits;
pub(crate) mod merge_patch;
pub mod paging;
pub(crate) mod param_schemas;
pub mod params;
pub(crate) mod query;
pub(crate) mod rights;
pub(crate) mod tally;
pub(crate) mod time_filter;
