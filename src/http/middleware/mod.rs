//! The steps of every request.

pub(crate) mod access_log;
pub(crate) mod cors;
pub(crate) mod denied;
pub(crate) mod early;
pub(crate) mod run;
pub mod sending;
