//! Masthead: a headless JSON content API for publishers.
//!
//! Data flows one way. A request is parsed by [`http`] into the words of [`domain`], answered by a read of [`store`]
//! in a [`domain::access::Scope`], and represented; a write goes through one commit path that stores the row, its
//! revision and a change entry in one transaction.

#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod app;
pub mod backup;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod export;
pub mod http;
pub mod import;
pub mod logging;
pub mod media;
pub mod outbound;
pub mod render;
pub mod search;
pub mod service;
pub mod store;
pub mod worker;
