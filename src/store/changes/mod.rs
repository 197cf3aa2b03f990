//! The change log: one row for each thing that a write changed, in commit order.

mod append;
mod compaction;
mod ends;
mod entry;
mod latest;

pub use append::{append_changes, append_rights_change, written};
pub(super) use append::{append_releases, begin_writing};
pub use compaction::{remove_entries, superseded_entries};
pub use ends::{Ends, end_after, ends, last_change, latest_seq, public_end};
pub use entry::{Change, ChangeKind, ChangeOp};
pub use latest::{
    langs_changed, last_change_of, last_change_of_lists, last_change_of_names, was_public,
};
