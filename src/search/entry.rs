//! An article on its way into the index. Only its texts wait in memory: they become terms when the index takes them.

use std::iter::{Empty, once};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use tantivy::schema::Field;
use tantivy::schema::document::{Document as Indexed, ReferenceValue, ReferenceValueLeaf, Value};
use xxhash_rust::xxh3::xxh3_64;

use super::document::{Fields, id_numbers, lang_number};
use super::stems::Chain;
use super::terms::Encoded;
use crate::domain::search::Document;

/// Bytes of text that wait for the index.
pub(super) type Waiting = Arc<AtomicUsize>;

/// An article that the index takes. It counts as waiting until it was taken.
pub(super) struct Entry {
    document: Document,
    size: usize,
    waiting: Waiting,
    key: [u8; 16],
    fields: Fields,
    encoded: OnceLock<Encoded>,
}

impl Entry {
    pub(super) fn new(document: Document, fields: Fields, waiting: &Waiting) -> Self {
        let size = document.title.len() + document.lead.len() + document.body.len();
        waiting.fetch_add(size, Ordering::SeqCst);
        Self {
            size,
            waiting: Arc::clone(waiting),
            key: document.id.to_bytes(),
            document,
            fields,
            encoded: OnceLock::new(),
        }
    }

    fn encoded(&self) -> &Encoded {
        self.encoded.get_or_init(|| Encoded::of(&self.document))
    }

    fn terms(&self, terms: Terms) -> &str {
        let encoded = self.encoded();
        match terms {
            Terms::Text => &encoded.text,
            Terms::Head => &encoded.text[..encoded.head_end],
            Terms::Stems => &encoded.stems,
            Terms::HeadStems => &encoded.stems[..encoded.head_stems_end],
            Terms::TitleStems => &encoded.stems[..encoded.title_stems_end],
            Terms::TitleWords => &encoded.title_words,
            Terms::TitleStart => &encoded.title_start,
            Terms::Ideographs => &encoded.ideographs,
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.waiting.fetch_sub(self.size, Ordering::SeqCst);
    }
}

/// A choice of an article's terms.
#[derive(Debug, Clone, Copy)]
pub(super) enum Terms {
    Text,
    Head,
    Stems,
    HeadStems,
    TitleStems,
    TitleWords,
    TitleStart,
    Ideographs,
}

/// A value of a field.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Bytes(&'a [u8]),
    Unsigned(u64),
    Signed(i64),
    Text(&'a str),
    Regions(&'a Entry),
    Terms(&'a Entry, Terms),
}

impl std::fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.as_value())
    }
}

impl<'a> Value<'a> for Part<'a> {
    type ArrayIter = Empty<Self>;
    type ObjectIter = Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match *self {
            Part::Bytes(bytes) => ReferenceValueLeaf::Bytes(bytes),
            Part::Unsigned(number) => ReferenceValueLeaf::U64(number),
            Part::Signed(number) => ReferenceValueLeaf::I64(number),
            Part::Text(text) => ReferenceValueLeaf::Str(text),
            Part::Regions(entry) => ReferenceValueLeaf::U64(entry.encoded().regions),
            Part::Terms(entry, terms) => ReferenceValueLeaf::Str(entry.terms(terms)),
        })
    }
}

impl Indexed for Entry {
    type Value<'a> = Part<'a>;
    type FieldsValuesIter<'a> = Box<dyn Iterator<Item = (Field, Part<'a>)> + 'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        let (fields, document) = (&self.fields, &self.document);
        let (high, low) = id_numbers(document.id);
        let facts = [
            (fields.key, Part::Bytes(&self.key)),
            (fields.id_high, Part::Unsigned(high)),
            (fields.id_low, Part::Unsigned(low)),
            (
                fields.work,
                Part::Unsigned(xxh3_64(&document.work.to_bytes())),
            ),
            (fields.lang, Part::Unsigned(lang_number(&document.lang))),
            (
                fields.chain,
                Part::Unsigned(Chain::of(&document.lang) as u64),
            ),
            (fields.published, Part::Signed(document.published_at)),
            (fields.updated, Part::Signed(document.updated_at)),
            (fields.title_key, Part::Text(&document.title_key)),
        ];
        let facets = document.facets.iter();
        let facets = facets.map(|facet| (fields.facets, Part::Signed(*facet)));
        let terms = [
            (fields.text, Terms::Text),
            (fields.head, Terms::Head),
            (fields.stems, Terms::Stems),
            (fields.head_stems, Terms::HeadStems),
            (fields.title_stems, Terms::TitleStems),
            (fields.title_words, Terms::TitleWords),
            (fields.title_start, Terms::TitleStart),
            (fields.ideographs, Terms::Ideographs),
        ];
        let terms = terms.map(|(field, terms)| (field, Part::Terms(self, terms)));
        let regions = once((fields.regions, Part::Regions(self)));
        Box::new(facts.into_iter().chain(facets).chain(terms).chain(regions))
    }
}
