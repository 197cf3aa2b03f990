//! The pictures of imported articles: fetched from the web or a folder, stored as media, and shown by the articles in place of
//! their old addresses.
//!
//! Articles come first, with the addresses that the archive has. Then some articles at a time, in the order of the import:
//! their pictures are fetched on threads of their own (`turns`, `fetch`), each is committed with its address, and each
//! article gets one new version. A run that was ended goes on at the first picture that is not here. What did not come keeps
//! its address, and is tried by the next run.

mod account;
mod address;
mod fetch;
mod folder;
pub(super) mod inline;
mod known;
pub(super) mod references;
mod run;
mod settings;
mod settle;
mod site;
mod store_inline;
mod turns;

pub use account::Counts;
pub(super) use address::Source;
pub(super) use known::known;
pub(super) use run::bring;
pub use settings::{Pictures, Settings};
pub(super) use site::Imported;
pub use site::PicturesError;
pub(super) use store_inline::{Held, keep_inline};
