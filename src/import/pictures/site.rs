//! Storage of an import's pictures, their articles, and the failures that end it.

use std::path::Path;

use crate::domain::id::Id;
use crate::domain::time::Clock;
use crate::import::batch::Place;
use crate::import::target::Target;
use crate::media::intake::IntakeError;
use crate::service::{Actor, ServiceError};
use crate::store::{Store, StoreError};

/// Failure that ends the import of pictures.
#[derive(Debug, thiserror::Error)]
pub enum PicturesError {
    /// The database.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The storage of media.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The folder of pictures.
    #[error("the folder of pictures {0} cannot be read: {1}")]
    Folder(String, std::io::Error),
    /// This machine's disk.
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

impl From<StoreError> for PicturesError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// An article that came in.
#[derive(Debug, Clone)]
pub(in crate::import) struct Imported {
    pub(in crate::import) article: Id,
    pub(in crate::import) place: Place,
    /// The record's own name for itself.
    pub(in crate::import) name: Option<String>,
}

/// Storage of pictures, the actor, and a folder for parts of them.
pub(super) struct Site<'a> {
    pub(super) store: &'a Store,
    pub(super) clock: &'a Clock,
    pub(super) actor: Actor,
    pub(super) scratch: &'a Path,
}

impl<'a> Site<'a> {
    pub(super) const fn new(target: &Target<'a>, scratch: &'a Path) -> Self {
        Self {
            store: target.store,
            clock: target.clock,
            actor: target.actor,
            scratch,
        }
    }
}

impl<'a> From<&Site<'a>> for (&'a Store, &'a Clock, Actor) {
    fn from(site: &Site<'a>) -> Self {
        (site.store, site.clock, site.actor)
    }
}
