//! Target of an import.

use crate::domain::time::Clock;
use crate::service::Actor;
use crate::store::Store;

/// Target of records, and the actor.
pub struct Target<'a> {
    /// The database.
    pub store: &'a Store,
    /// The time of the versions that are made.
    pub clock: &'a Clock,
    /// Their maker.
    pub actor: Actor,
}
