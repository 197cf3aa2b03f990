//! The operations, by the resources that they are of.

pub mod admin;
pub mod articles;
pub mod bulk;
pub mod changes;
pub mod feeds;
pub mod media;
pub(crate) mod search;
pub mod site;
pub mod taxonomy;
