//! Where an import goes.

use crate::domain::time::Clock;
use crate::service::Actor;
use crate::store::Store;

/// Where records go, and who says so.
pub struct Target<'a> {
    /// The database.
    pub store: &'a Store,
    /// The time of the versions that are made.
    pub clock: &'a Clock,
    /// Who makes them.
    pub actor: Actor,
}
