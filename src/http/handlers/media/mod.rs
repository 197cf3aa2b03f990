//! Uploaded pictures and their renditions.

pub(crate) mod files;
pub(crate) mod input;
pub(crate) mod metadata;
pub mod uploads;
