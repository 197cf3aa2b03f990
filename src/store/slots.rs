//! The slots that subjects are hashed into, and the form of some of them in a column.

use xxhash_rust::xxh3::xxh3_64;

/// Number of slots: every value of [`Slot`].
pub const SLOTS: usize = 1 << Slot::BITS;

/// The place of a subject.
pub type Slot = u16;

/// The slot of a name, the same in every process.
pub(super) fn slot_of(name: &str) -> Slot {
    const UNUSED_BITS: u32 = u64::BITS - Slot::BITS;
    Slot::try_from(xxh3_64(name.as_bytes()) >> UNUSED_BITS).unwrap_or_default()
}

/// The slots in the form of their column.
pub(super) fn to_column(slots: &[Slot]) -> Vec<u8> {
    slots.iter().flat_map(|slot| slot.to_le_bytes()).collect()
}

/// The slots of a column.
pub(super) fn from_column(bytes: &[u8]) -> Vec<Slot> {
    let pairs = bytes.as_chunks::<2>().0.iter();
    pairs.map(|pair| Slot::from_le_bytes(*pair)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_reads_back() {
        let slots = [0, 1, 256, 65_535];
        assert_eq!(from_column(&to_column(&slots)), slots);
    }
}
