//! Articles: reads, writes, versions, previews, notices.

pub mod diff;
pub(crate) mod input;
pub(crate) mod notices;
pub(crate) mod operations;
pub(crate) mod patch;
pub mod previews;
pub(crate) mod read;
pub(crate) mod revisions;
pub(crate) mod write;
