//! What goes out: replies, problems, redirects, links, keys of caches.

pub mod head;
pub(crate) mod html;
pub(crate) mod links;
pub mod problem;
pub(crate) mod redirect;
pub(crate) mod reply;
pub(crate) mod represent;
pub(crate) mod surrogate_keys;
