//! Connections, below requests: framing, and answers to what cannot be read.

pub(crate) mod chunks;
pub mod connection;
pub(crate) mod framing;
pub(crate) mod head;
pub(crate) mod unreadable;
