//! The parts of answers: replies, problems, redirects, links, surrogate keys.

pub mod head;
pub(crate) mod html;
pub(crate) mod links;
pub mod problem;
pub(crate) mod redirect;
pub(crate) mod reply;
pub(crate) mod represent;
pub(crate) mod representation;
pub(crate) mod surrogate_keys;
