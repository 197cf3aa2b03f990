//! Editions, sections, authors, sources and tags.

pub(crate) mod authors;
pub(crate) mod edition_operations;
pub(crate) mod edition_writes;
pub(crate) mod editions;
pub(crate) mod section_operations;
pub(crate) mod section_writes;
pub(crate) mod sections;
pub(crate) mod shared_operations;
pub(crate) mod shared_reads;
pub(crate) mod shared_writes;
pub(crate) mod sources;
pub(crate) mod tags;
pub(crate) mod written;
