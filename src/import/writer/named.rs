//! Authors, sources and tags as records name them: those that are there, and new ones.

use crate::domain::author::Author;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::query::Reference;
use crate::domain::slug::Slug;
use crate::domain::source::Source;
use crate::domain::text::fold_name;
use crate::service::shared::{self, Shared, Wanted};
use crate::service::{ServiceError, authors, sources};
use crate::store::other_names::find_by_other_name;
use crate::store::shared_rows::SharedKind;

use super::super::record::Named;
use super::Writer;

impl Writer<'_, '_> {
    pub(super) fn people(
        &mut self,
        field: &str,
        lang: &LanguageTag,
        named: &[Named],
    ) -> Result<Vec<Id>, ServiceError> {
        self.all(field, named, |writer, person| {
            if let Some(id) = writer.authors.get(person) {
                return Ok(Some(*id));
            }
            let by_name = authors::find_author(writer.tx, &person.name)?;
            let id = writer.shared::<Author>((field, lang), person, by_name)?;
            if id.is_none()
                && let Some(other) = writer.by_other_name::<Author>(person, lang)?
            {
                return Ok(Some(other));
            }
            let id = match (id, made_of(person)) {
                (None, Some(name)) => {
                    let wanted = wanted(person);
                    Some(authors::ensure_author_as(writer.tx, name, wanted)?)
                }
                (id, _) => id,
            };
            writer.authors.extend(id.map(|id| (person.clone(), id)));
            Ok(id)
        })
    }

    pub(super) fn source(
        &mut self,
        lang: &LanguageTag,
        source: &Named,
    ) -> Result<Option<Id>, ServiceError> {
        let found = self.all("source", std::slice::from_ref(source), |writer, source| {
            if let Some(id) = writer.sources.get(source) {
                return Ok(Some(*id));
            }
            let by_name = Source::of_name(writer.tx.conn(), &source.name)?.pop();
            let by_name = by_name.map(|source| source.id);
            let id = writer.shared::<Source>(("source", lang), source, by_name)?;
            if id.is_none()
                && let Some(other) = writer.by_other_name::<Source>(source, lang)?
            {
                return Ok(Some(other));
            }
            let id = match (id, made_of(source)) {
                (None, Some(name)) => {
                    let wanted = wanted(source);
                    Some(sources::ensure_source_as(writer.tx, name, wanted)?)
                }
                (id, _) => id,
            };
            writer.sources.extend(id.map(|id| (source.clone(), id)));
            Ok(id)
        })?;
        Ok(found.into_iter().next())
    }

    /// Each that is named, once; one that is not there and cannot be made is noted.
    pub(super) fn all(
        &mut self,
        field: &str,
        named: &[Named],
        mut find: impl FnMut(&mut Self, &Named) -> Result<Option<Id>, ServiceError>,
    ) -> Result<Vec<Id>, ServiceError> {
        let mut ids = Vec::with_capacity(named.len());
        for (at, one) in named.iter().enumerate() {
            match find(self, one)? {
                Some(id) if ids.contains(&id) => {}
                Some(id) => ids.push(id),
                None => {
                    let name = one.id.map_or_else(String::new, |id| id.to_string());
                    let detail = format!("there is no {name} to be named here; it is left out");
                    self.note(&format!("/{field}/{at}"), "unknown_reference", detail);
                }
            }
        }
        Ok(ids)
    }

    /// Keeps the name that a record in a language has for something that this import has made of its identity. A name that was
    /// there before, or in that language, stays, and that is noted.
    pub(super) fn learn_name<T: Shared>(
        &mut self,
        field: &str,
        lang: &LanguageTag,
        thing: &T,
        name: &str,
    ) -> Result<(), ServiceError> {
        let mut content = thing.content().clone();
        let (own, names) = T::all_names(&mut content);
        let shown = names.get(lang.as_str()).map_or(own, String::as_str);
        if name.is_empty() || fold_name(shown) == name {
            return Ok(());
        }
        if names.contains_key(lang.as_str()) || thing.created_at() < self.began {
            let detail = format!("{shown} is its name in {lang} here; {name} is left out");
            self.note(&format!("/{field}"), "name_differs", detail);
            return Ok(());
        }
        names.insert(lang.to_string(), name.to_owned());
        shared::save(self.tx, Some(thing.clone()), thing.id(), content)?;
        Ok(())
    }

    /// The one of an identity: by it, or by the slug beside it.
    pub(super) fn identified<T: Shared>(
        &mut self,
        named: &Named,
    ) -> Result<Option<T>, ServiceError> {
        let Some(id) = named.id else { return Ok(None) };
        let found = shared::find::<T>(self.tx.conn(), &Reference::Id(id))?;
        match (found, &named.slug) {
            (None, Some(slug)) => Ok(T::with_slug(self.tx.conn(), slug)?),
            (found, _) => Ok(found),
        }
    }

    /// The one that has a name in another language, where nothing else tells of it.
    pub(super) fn by_other_name<T: Shared>(
        &mut self,
        named: &Named,
        lang: &LanguageTag,
    ) -> Result<Option<Id>, ServiceError> {
        if named.slug.is_some() || named.id.is_some() || named.name.is_empty() {
            return Ok(None);
        }
        let conn = self.tx.conn();
        Ok(find_by_other_name(conn, T::NAMED, &named.name, lang)?)
    }

    /// One that is there already: by identity, else by name, else by slug. A name that is written as a slug of several words
    /// is taken for one.
    pub(super) fn shared<T: Shared>(
        &mut self,
        (field, lang): (&str, &LanguageTag),
        named: &Named,
        by_name: Option<Id>,
    ) -> Result<Option<Id>, ServiceError> {
        if let Some(found) = self.identified::<T>(named)? {
            self.learn_name(field, lang, &found, &named.name)?;
            return Ok(Some(found.id()));
        }
        if by_name.is_some() {
            return Ok(by_name);
        }
        let is_slug = |name: &&String| name.contains('-') && Slug::parse(name).is_ok();
        let slug = named.slug.as_ref();
        let Some(slug) = slug.or_else(|| Some(&named.name).filter(is_slug)) else {
            return Ok(None);
        };
        let found = shared::find::<T>(self.tx.conn(), &Reference::slug(slug))?;
        let is_other = |found: &T| {
            named.slug.is_some()
                && !named.name.is_empty()
                && T::slug(found.content()).as_str() != slug
        };
        Ok(found
            .filter(|found| !is_other(found))
            .map(|found| found.id()))
    }
}

/// The identity and the slug that something new is to have.
fn wanted(named: &Named) -> Wanted {
    Wanted {
        id: named.id,
        slug: named.slug.as_deref().map(Slug::from_text),
    }
}

/// The name that something new gets.
pub(super) fn made_of(named: &Named) -> Option<&str> {
    let name = Some(named.name.as_str()).filter(|name| !name.is_empty());
    name.or(named.slug.as_deref())
}
