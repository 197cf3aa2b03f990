//! Changes for those who keep copies: a list, a stream, acknowledgements.

pub(crate) mod follower;
pub mod list;
pub mod reach;
pub(crate) mod stream;
