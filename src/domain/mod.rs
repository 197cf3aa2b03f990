//! What the words mean: identifiers, resources, queries and rules. No I/O, no HTTP, no database.

pub mod access;
pub mod article;
pub mod author;
pub mod body;
pub mod cursor;
pub mod edition;
pub mod error;
pub mod id;
pub mod language;
pub mod query;
pub mod section;
pub mod site;
pub mod slug;
pub mod source;
pub mod tag;
pub mod text;
pub mod time;
pub mod url_template;
pub mod view;
