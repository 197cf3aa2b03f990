//! Work beside the requests: it follows the change log, by one [`follower`] for each node, and what is done once in a
//! cluster has a [`leader`].

pub mod compaction;
pub mod follower;
pub mod leader;
pub mod purges;
pub mod rounds;
pub mod search;
pub mod tail;
pub mod webhooks;
pub mod websub;
