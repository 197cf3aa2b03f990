//! The state that outlives a request.

pub mod app;
pub mod cache;
pub mod door;
pub mod flights;
pub mod in_flight;
pub(crate) mod inside;
pub mod methods;
pub mod metrics;
pub(crate) mod node;
pub mod rate_limits;
pub mod reads;
pub mod shares;
pub(crate) mod strangers;
pub mod streams;
pub mod turns;
