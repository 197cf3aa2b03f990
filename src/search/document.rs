//! The fields of an article in the index.

use tantivy::schema::{
    BytesOptions, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use xxhash_rust::xxh3::xxh3_64;

use crate::domain::id::Id;
use crate::domain::language::LanguageTag;

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// The identity, to replace and remove by.
    pub key: Field,
    pub facets: Field,
    pub published: Field,
    pub updated: Field,
    /// Words as written, all of them, with places: title first, then lead, then body.
    pub text: Field,
    /// The same of title and lead only.
    pub head: Field,
    /// Single ideographs, without places.
    pub ideographs: Field,
    /// Stems, with title and lead weighing more.
    pub stems: Field,
    /// Stems and single ideographs of title and lead only.
    pub head_stems: Field,
    /// Stems and ideographs of the title.
    pub title_stems: Field,
    /// Words and pairs of ideographs of the title as written.
    pub title_words: Field,
    /// The beginning of the title as one term.
    pub title_start: Field,
    pub id_high: Field,
    pub id_low: Field,
    pub work: Field,
    pub lang: Field,
    pub chain: Field,
    pub regions: Field,
    pub title_key: Field,
}

/// The name under which the index knows the tokenizer.
pub(super) const TOKENIZER: &str = "terms";
/// Names of fast fields, which are read by name.
pub(super) const ID_HIGH: &str = "id_high";
pub(super) const ID_LOW: &str = "id_low";
pub(super) const WORK: &str = "work";
pub(super) const LANG: &str = "lang";
pub(super) const CHAIN: &str = "chain";
pub(super) const REGIONS: &str = "regions";
pub(super) const FACETS: &str = "facets";
pub(super) const PUBLISHED: &str = "published";
pub(super) const UPDATED: &str = "updated";
pub(super) const TITLE_KEY: &str = "title_key";

/// The schema and its fields.
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let indexed = |option| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(option)
            .set_fieldnorms(option != IndexRecordOption::Basic);
        TextOptions::default().set_indexing_options(indexing)
    };
    let placed = IndexRecordOption::WithFreqsAndPositions;
    let counted = IndexRecordOption::WithFreqs;
    let fast = NumericOptions::default().set_fast();
    let fields = Fields {
        key: builder.add_bytes_field("key", BytesOptions::default().set_indexed()),
        facets: builder.add_i64_field(FACETS, fast.clone().set_indexed()),
        published: builder.add_i64_field(PUBLISHED, fast.clone().set_indexed()),
        updated: builder.add_i64_field(UPDATED, fast.clone().set_indexed()),
        text: builder.add_text_field("text", indexed(placed)),
        head: builder.add_text_field("head", indexed(placed)),
        ideographs: builder.add_text_field("ideographs", indexed(IndexRecordOption::Basic)),
        stems: builder.add_text_field("stems", indexed(counted)),
        head_stems: builder.add_text_field("head_stems", indexed(counted)),
        title_stems: builder.add_text_field("title_stems", indexed(IndexRecordOption::Basic)),
        title_words: builder.add_text_field("title_words", indexed(IndexRecordOption::Basic)),
        title_start: builder.add_text_field("title_start", indexed(IndexRecordOption::Basic)),
        id_high: builder.add_u64_field(ID_HIGH, fast.clone()),
        id_low: builder.add_u64_field(ID_LOW, fast.clone()),
        work: builder.add_u64_field(WORK, fast.clone()),
        lang: builder.add_u64_field(LANG, fast.clone()),
        chain: builder.add_u64_field(CHAIN, fast.clone()),
        regions: builder.add_u64_field(REGIONS, fast),
        title_key: builder.add_text_field(TITLE_KEY, TextOptions::default().set_fast("raw")),
    };
    (builder.build(), fields)
}

/// A language as a number.
pub(super) fn lang_number(lang: &LanguageTag) -> u64 {
    xxh3_64(lang.as_str().as_bytes())
}

/// An identity as two numbers that sort as it does.
pub(super) fn id_numbers(id: Id) -> (u64, u64) {
    let number = u128::from_be_bytes(id.to_bytes());
    #[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
    let halves = ((number >> 64) as u64, number as u64);
    halves
}

/// The identity of two numbers.
pub(super) fn id_of(high: u64, low: u64) -> Id {
    Id::from_bytes((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
}

/// Ends of title and lead among the places of words, as one number.
pub(super) fn regions(title_end: usize, lead_end: usize) -> u64 {
    (title_end as u64) << 32 | lead_end as u64
}

/// Ends of title and lead.
pub(super) fn region_ends(regions: u64) -> (u32, u32) {
    let end = |number: u64| u32::try_from(number & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    (end(regions >> 32), end(regions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_two_numbers_and_back() {
        let id = Id::parse("018a0b1c-2d3e-7f40-8a1b-2c3d4e5f6a7b").unwrap();
        let (high, low) = id_numbers(id);
        assert_eq!(id_of(high, low), id);
        assert_eq!(region_ends(regions(7, 4_000)), (7, 4_000));
    }
}
