//! What follows the change log beside the requests.

pub mod webhooks;
pub mod websub;
