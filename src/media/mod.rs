//! Media behind the metadata: what an upload is, how renditions are made of it, where the bytes lie, and the work that goes
//! on in the background. `inspect` and `renditions` are pure; `storage` is the only place that knows where bytes are kept.

pub mod check;
pub mod inspect;
pub mod renditions;
pub mod storage;
pub mod work;

use std::sync::Arc;

use tokio::sync::Mutex;

use inspect::Limits;
use storage::Storage;

/// What handles media in a running service.
#[derive(Debug)]
pub struct Media {
    /// Where the bytes are.
    pub storage: Storage,
    /// What an upload may be.
    pub limits: Limits,
    /// Whoever decodes or encodes pictures holds this: one at a time, so that uploads take one processor and the memory
    /// of one picture, however many come.
    pub lane: Arc<Mutex<()>>,
}

impl Media {
    /// Media in `storage`, with uploads bounded by `limits`.
    #[must_use]
    pub fn new(storage: Storage, limits: Limits) -> Self {
        Self {
            storage,
            limits,
            lane: Arc::new(Mutex::new(())),
        }
    }
}
