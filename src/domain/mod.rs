//! What the words mean: identifiers, resources, queries and rules. No I/O, no HTTP, no database.

pub mod access;
pub mod address;
pub mod article;
pub mod audit;
pub mod author;
pub mod body;
pub mod cursor;
pub mod edition;
pub mod error;
pub mod id;
pub mod input;
pub mod key;
pub mod language;
pub mod lifecycle;
pub mod partner;
pub mod permission;
pub mod query;
pub mod reach;
pub mod section;
pub mod slug;
pub mod source;
pub mod sync;
pub mod tag;
pub mod text;
pub mod time;
pub mod view;
