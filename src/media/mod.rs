//! Media behind the metadata: what an upload is, how renditions are made of it, where the bytes lie, and the work that goes
//! on in the background. `inspect` and `renditions` are pure; `intake` is the way in of every picture; `storage` is the only place that knows where bytes are kept.

pub mod check;
pub mod copies;
pub mod digest;
pub mod inspect;
pub mod intake;
mod jpeg;
pub mod place;
mod profile;
pub mod renditions;
pub mod storage;
pub mod work;

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::domain::picture_size::PictureSize;
use inspect::Limits;
use storage::Storage;

/// Lanes for decoding and encoding, one for each size: one picture at a time in each, so that pictures take the memory of a
/// small and a large one, however many come.
#[derive(Debug, Default)]
pub struct Lanes {
    small: Arc<Mutex<()>>,
    large: Arc<Mutex<()>>,
}

impl Lanes {
    /// The lane of pictures of a size.
    #[must_use]
    pub fn of(&self, size: PictureSize) -> Arc<Mutex<()>> {
        Arc::clone(match size {
            PictureSize::Small => &self.small,
            PictureSize::Large => &self.large,
        })
    }
}

/// The parts that handle media in a running service.
#[derive(Debug)]
pub struct Media {
    /// Place of the bytes.
    pub storage: Storage,
    /// Limits of an upload.
    pub limits: Limits,
    /// Turns of those who decode or encode pictures.
    pub lanes: Lanes,
}

impl Media {
    /// Media in `storage`, with uploads bounded by `limits`.
    #[must_use]
    pub fn new(storage: Storage, limits: Limits) -> Self {
        Self {
            storage,
            limits,
            lanes: Lanes::default(),
        }
    }
}
