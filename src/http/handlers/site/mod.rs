//! The index, the documentation, health, pages of problems, addresses.

pub(crate) mod docs;
pub(crate) mod health;
pub(crate) mod index;
pub(crate) mod problems;
pub mod resolve;
pub(crate) mod roles;
