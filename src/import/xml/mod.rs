//! XML as exports and feeds write it: cut into items, each read on its own, so that a broken one harms no other.
//!
//! No DTD is read, no entity of one is expanded and nothing is fetched: an entity that XML and HTML do not know stays text.

mod element;
mod items;
mod pieces;

pub(super) use element::{Element, Names};
pub(super) use items::read_items;
pub(super) use pieces::{Piece, Pieces};
