//! What follows the change log beside the requests.

pub mod compaction;
pub mod search;
pub mod tail;
pub mod webhooks;
pub mod websub;
