//! Feeds and sitemaps.

pub(crate) mod access;
pub(crate) mod page;
pub(crate) mod serve;
pub(crate) mod sitemaps;
pub(crate) mod subject;
