//! Values that are kept in memory, bounded in bytes: those that are asked for seldom give way.

use std::hash::Hash;
use std::sync::Arc;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, Equivalent, OptionsBuilder, Weighter};

/// Parts that are locked apart. Few, since a value must fit into one.
const SHARDS: usize = 8;
/// The largest share of the whole that one value may take.
const LARGEST: u64 = 16;

/// Memory that a key or a value takes.
pub trait Weight {
    /// A bound of its bytes.
    fn weight(&self) -> u64;
}

impl Weight for String {
    fn weight(&self) -> u64 {
        self.len() as u64
    }
}

#[derive(Debug, Clone)]
struct Weigh;

impl<K: Weight, V: Weight> Weighter<K, Arc<V>> for Weigh {
    fn weight(&self, key: &K, value: &Arc<V>) -> u64 {
        key.weight() + value.weight()
    }
}

/// Values by their keys.
pub struct Kept<K, V> {
    values: Option<Cache<K, Arc<V>, Weigh>>,
    most_weight: u64,
}

impl<K: Weight + Eq + Hash, V: Weight> Kept<K, V> {
    /// Room for so many megabytes, where a value is often of `typical` bytes; of none, one that keeps nothing.
    #[must_use]
    pub fn new(megabytes: u32, typical: u64) -> Self {
        let bytes = u64::from(megabytes) * 1024 * 1024;
        Self {
            values: (bytes > 0).then(|| cache(bytes, typical)).flatten(),
            most_weight: bytes / LARGEST,
        }
    }

    /// True if it keeps anything.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.values.is_some()
    }

    /// Number of kept values, and their bytes.
    #[must_use]
    pub fn size(&self) -> (usize, u64) {
        let values = self.values.as_ref();
        values.map_or((0, 0), |values| (values.len(), values.weight()))
    }

    /// The value of a key.
    #[must_use]
    pub fn get<Q: Hash + Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<Arc<V>> {
        self.values.as_ref()?.get(key)
    }

    /// Keeps a value, unless it would fill too much alone.
    pub fn insert(&self, key: K, value: Arc<V>) {
        if let Some(values) = &self.values
            && value.weight() <= self.most_weight
        {
            values.insert(key, value);
        }
    }
}

fn cache<K: Weight + Eq + Hash, V: Weight>(
    bytes: u64,
    typical: u64,
) -> Option<Cache<K, Arc<V>, Weigh>> {
    let options = OptionsBuilder::new()
        .shards(SHARDS)
        .estimated_items_capacity(usize::try_from(bytes / typical).ok()?)
        .weight_capacity(bytes)
        .build()
        .ok()?;
    let hash = DefaultHashBuilder::default();
    Some(Cache::with_options(
        options,
        Weigh,
        hash,
        DefaultLifecycle::default(),
    ))
}
