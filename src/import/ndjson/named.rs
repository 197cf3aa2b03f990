//! People and things that a record names.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::domain::id::Id;
use crate::domain::text;
use crate::import::record::Named;

use super::fields::Fields;

/// Told of an item that is null or empty.
pub(super) const EMPTY_ITEM: &str = "this item is empty; it is left out";

impl Fields<'_> {
    /// The names of a list in their folded form, each once.
    pub(super) fn names(&mut self, name: &'static str) -> Vec<Named> {
        let items = self.items(name).into_iter();
        let named = items.filter_map(|(place, item)| self.named(&place, item));
        let mut seen = HashSet::new();
        let once = named.filter(|named| seen.insert(named.clone())).collect();
        self.limited(name, once)
    }

    /// Somebody or something that a record names: by a name or id, or as the API shows it, by an object with `id`, `slug` and
    /// `name`. A percent-encoded name is decoded.
    pub(super) fn named(&mut self, place: &str, value: Value) -> Option<Named> {
        let named = match value {
            Value::Null => {
                self.note(place, "no_name", EMPTY_ITEM);
                return None;
            }
            Value::Object(map) => return self.named_object(place, map),
            other => {
                let text = self.as_text(place, other)?;
                if text.trim().is_empty() {
                    self.note(place, "no_name", EMPTY_ITEM);
                    return None;
                }
                let text = self.decoded(place, text);
                match Id::parse(text.trim()) {
                    Ok(id) => Named {
                        id: Some(id),
                        ..Named::default()
                    },
                    Err(_) => Named::from(self.folded(place, text)?),
                }
            }
        };
        if named == Named::default() {
            self.note(place, "no_name", "names nobody and nothing; it is left out");
            return None;
        }
        Some(named)
    }

    /// An address that a person or source shows of itself is its own record's matter.
    fn named_object(&mut self, place: &str, map: Map<String, Value>) -> Option<Named> {
        let list = place.split('/').next().unwrap_or_default();
        let written = Value::Object(map.clone());
        let mut child = self.child(map, place);
        let named = child.own_names();
        let rest = child.rest();
        let names_nothing = named == Named::default();
        if names_nothing {
            self.note(place, "no_name", "names nobody and nothing; it is left out");
        }
        self.unknown(list, &rest);
        if names_nothing || !rest.extra.is_empty() {
            self.keep_item(list, written);
        }
        Some(named).filter(|_| !names_nothing)
    }

    fn own_names(&mut self) -> Named {
        self.value("url");
        let name = self.raw("name").and_then(|name| {
            let name = self.decoded("name", name);
            self.folded("name", name)
        });
        let slug = self.raw("slug").map(|slug| self.decoded("slug", slug));
        let id = self.raw("id").and_then(|id| Id::parse(id.trim()).ok());
        Named {
            name: name.unwrap_or_default(),
            slug: slug.map(|slug| text::nfc(slug.trim().to_owned())),
            id,
        }
    }

    fn folded(&mut self, place: &str, text: String) -> Option<String> {
        let text = self.cleaned(place, text, text::NAME_MAX)?;
        let folded = text::fold_name(&text);
        // NFC can be longer than what was written.
        Some(text::cut(&folded, text::NAME_MAX).to_owned())
    }
}
