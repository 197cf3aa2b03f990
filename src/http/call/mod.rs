//! One request at its handler: who calls, what comes, what is answered.

pub(crate) mod answer;
pub(crate) mod authorized;
pub(crate) mod blocking;
pub(crate) mod body;
pub(crate) mod extract;
pub(crate) mod idempotency;
pub(crate) mod preview_pass;
pub(crate) mod rate_limit;
pub(crate) mod rendition;
pub(crate) mod search;
pub(crate) mod views;
pub(crate) mod write;
