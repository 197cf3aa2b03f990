//! Words of pages about their edition: each fills what the edition lacks, and is told where the two differ.

use crate::domain::edition::EditionContent;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::service::{ServiceError, editions};

use super::super::record::{EditionHints, Finding};
use super::Writer;

/// Fields that a page says, by what becomes of them.
#[derive(Default)]
struct Compared {
    filled: Vec<Told>,
    differs: Vec<Told>,
    /// Those that the edition lacks, and does not take from this house.
    foreign: Vec<Told>,
    /// True if the edition has a field as the page says it.
    agrees: bool,
}

/// A field and what a page says in it.
type Told = (&'static str, String);

impl Writer<'_, '_> {
    /// Fills what an edition lacks from what a page of its house says, and notes where the two differ. The house is the first
    /// one in the import whose page fills anything, or says what the edition has.
    pub(super) fn take_hints(
        &mut self,
        lang: &LanguageTag,
        hints: &EditionHints,
    ) -> Result<(), ServiceError> {
        let mut content = self.edition(lang)?.content.clone();
        let known = self.houses.get(lang);
        let is_own = known.is_none_or(|house| is_same_house(house, &hints.house));
        let compared = compare(&mut content, hints, is_own);
        let name = |house: &[String], otherwise: &str| {
            house
                .first()
                .map_or_else(|| otherwise.to_owned(), String::clone)
        };
        let house = name(&hints.house, "a page");
        let own_house = name(known.map_or(&[], Vec::as_slice), "another house");
        for (field, told) in compared.differs {
            let told = format!("{house} says {told}; the edition {lang} keeps what it has");
            self.note_edition(field, "edition_differs", told);
        }
        for (field, told) in compared.foreign {
            let told = format!(
                "{house} says {told}; the edition {lang} has none, and takes it from pages of {own_house} only"
            );
            self.note_edition(field, "edition_differs", told);
        }
        let is_filled = !compared.filled.is_empty();
        for (field, told) in compared.filled {
            let told = format!("the edition {lang} had none; {house} says {told}");
            self.note_edition(field, "edition_filled", told);
        }
        if is_filled {
            editions::save_edition(self.tx, content)?;
            self.editions.remove(lang);
        }
        if is_own && (is_filled || compared.agrees) {
            let house = self.houses.entry(lang.clone());
            house.or_insert_with(|| hints.house.clone());
        }
        Ok(())
    }

    fn note_edition(&mut self, field: &str, code: &'static str, detail: String) {
        let finding = Finding::at(format!("/edition/{field}"), code, detail);
        self.notes.push(finding.shared());
    }
}

/// Fills what an edition lacks, where the page is of its own house.
fn compare(content: &mut EditionContent, hints: &EditionHints, is_own: bool) -> Compared {
    let mut compared = Compared::default();
    let told = &hints.contact;
    for (field, own, told) in [
        ("copyright", &mut content.copyright, &hints.copyright),
        ("contact/email", &mut content.contact.email, &told.email),
        (
            "contact/address",
            &mut content.contact.address,
            &told.address,
        ),
    ] {
        let Some(told) = told else { continue };
        if compared.add(field, told, own.as_ref().map(|own| own == told), is_own) {
            *own = Some(told.clone());
        }
    }
    if !told.phones.is_empty() {
        let numbers = told.phones.iter().map(|phone| phone.number.as_str());
        let numbers = numbers.collect::<Vec<_>>().join(", ");
        let own = &mut content.contact.phones;
        let is_same = (!own.is_empty()).then(|| *own == told.phones);
        if compared.add("contact/phones", &numbers, is_same, is_own) {
            own.clone_from(&told.phones);
        }
    }
    compared
}

impl Compared {
    /// Adds what a page says in a field; `is_same` is absent where the edition has nothing in it. Gives whether the edition
    /// takes it.
    fn add(
        &mut self,
        field: &'static str,
        told: &str,
        is_same: Option<bool>,
        is_own: bool,
    ) -> bool {
        let list = match is_same {
            Some(true) => {
                self.agrees = true;
                return false;
            }
            Some(false) => &mut self.differs,
            None if is_own => &mut self.filled,
            None => &mut self.foreign,
        };
        list.push((field, told.to_owned()));
        is_same.is_none() && is_own
    }
}

/// True if two pages share a name of their site.
fn is_same_house(one: &[String], other: &[String]) -> bool {
    let key = |name: &String| Slug::from_text(name);
    one.iter()
        .any(|name| other.iter().any(|own| key(own) == key(name)))
}
