//! Writing tags: those that articles name.

use crate::domain::author::Names;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::slug::Slug;
use crate::domain::tag::{Tag, TagContent, is_kept_by_slug};
use crate::domain::text::{fold_name, nfc};
use crate::store::moved::Known;
use crate::store::needs::Named;
use crate::store::other_names::find_by_other_name;
use crate::store::shared_rows::{SharedKind, SharedRows};
use crate::store::{Conn, StoreError};

use super::shared::{find_moved, free_slug_of, save};
use super::{Commit, ServiceError};

/// A tag that a name was looked up for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ensured {
    /// The tag.
    pub id: Id,
    /// The slug of a new tag, and the name of the tag that has the slug which it would have had.
    pub beside: Option<(Slug, String)>,
    /// The tag's own name, where it was found by another.
    pub other_name: Option<OtherName>,
    /// True if it was found by its name in another language: elsewhere the same name may mean another.
    pub by_language: bool,
}

/// The own name of a tag that was found by another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherName {
    /// Found by its slug alone, where another name than its own would have that slug too.
    BySlug(String),
    /// Found by another spelling of its name.
    BySpelling(String),
}

impl Ensured {
    fn of(tag: Tag, name: &str) -> Self {
        let folded = fold_name(name);
        let content = tag.content;
        let is_exact = folded == fold_name(&content.name) || folded == content.slug.as_str();
        let other_name = match (content.loses_its_name(name), is_exact) {
            (true, _) => Some(OtherName::BySlug(content.name)),
            (false, true) => None,
            (false, false) => Some(OtherName::BySpelling(content.name)),
        };
        Self {
            other_name,
            ..Self::plain(tag.id)
        }
    }

    const fn plain(id: Id) -> Self {
        Self {
            id,
            beside: None,
            other_name: None,
            by_language: false,
        }
    }

    /// A code and a sentence for whoever named the tag `name`, where another tag may have been meant.
    #[must_use]
    pub fn told(&self, name: &str) -> Option<(&'static str, String)> {
        if let Some((slug, other)) = &self.beside {
            let detail = format!("{name} is a tag of its own, {slug}, beside {other}");
            return Some(("tag_beside", detail));
        }
        let detail = match self.other_name.as_ref()? {
            OtherName::BySlug(other) => format!(
                "{name} is the slug of the tag {other}, which is taken; a tag of the name {name} has a slug of its own, and is named by that"
            ),
            OtherName::BySpelling(other) => {
                format!("{name} is taken as another spelling of the tag {other}")
            }
        };
        Some(("tag_by_slug", detail))
    }
}

/// The tag of a name, made where there is none.
pub fn ensure_tag(tx: &mut Commit<'_>, name: &str) -> Result<Id, ServiceError> {
    let found = find_tag(tx.conn, name)?;
    Ok(ensure(tx, found, name, None)?.id)
}

/// The tag of a slug or name that an article in `lang` has, made where there is none: a reference that is the slug of a tag
/// means that tag, so that what the service shows can be sent back.
pub fn ensure_tag_meant(
    tx: &mut Commit<'_>,
    reference: &str,
    lang: &LanguageTag,
) -> Result<Ensured, ServiceError> {
    match Tag::with_slug(tx.conn, &nfc(reference.to_owned()))? {
        Some(tag) => Ok(Ensured::of(tag, reference)),
        None => ensure_tag_named(tx, reference, None, lang),
    }
}

/// The same by name alone, in another language too; `slug` is the one that a new tag is to have.
pub fn ensure_tag_named(
    tx: &mut Commit<'_>,
    name: &str,
    slug: Option<&Slug>,
    lang: &LanguageTag,
) -> Result<Ensured, ServiceError> {
    let found = find_tag(tx.conn, name)?;
    if found.is_none()
        && slug.is_none()
        && let Some(id) = find_by_other_name(tx.conn, Named::Tag, name, lang)?
    {
        return Ok(Ensured {
            by_language: true,
            ..Ensured::plain(id)
        });
    }
    ensure(tx, found, name, slug)
}

fn ensure(
    tx: &mut Commit<'_>,
    found: Option<Tag>,
    name: &str,
    slug: Option<&Slug>,
) -> Result<Ensured, ServiceError> {
    if let Some(tag) = found {
        return Ok(Ensured::of(tag, name));
    }
    let wanted = slug.cloned().unwrap_or_else(|| Slug::from_text(name));
    let id = Id::new(tx.now);
    let slug = free_slug_of::<Tag>(tx, &wanted, None)?;
    let other = Tag::with_slug(tx.conn, wanted.as_str())?;
    let content = TagContent {
        slug: slug.clone(),
        name: name.to_owned(),
        names: Names::new(),
    };
    save::<Tag>(tx, None, id, content)?;
    let beside = other.map(|other| (slug, other.content.name));
    Ok(Ensured {
        beside,
        ..Ensured::plain(id)
    })
}

/// The tag that a name means: the one of exactly that name; else the one whose slug it is, now or before it
/// moved; else the one of another spelling of the name; else the one that has, or had, the name's slug, where the name means
/// no other.
pub fn find_tag(conn: &mut Conn, name: &str) -> Result<Option<Tag>, StoreError> {
    let literal = nfc(name.to_owned());
    let named = Tag::of_name(conn, name)?;
    let is_exact = |tag: &&Tag| fold_name(&tag.content.name) == fold_name(name);
    if let Some(tag) = named.iter().find(is_exact) {
        return Ok(Some(tag.clone()));
    }
    if let Some(tag) = Tag::with_slug(conn, &literal)? {
        return Ok(Some(tag));
    }
    if let Some(tag) = named.into_iter().next() {
        return Ok(Some(tag));
    }
    let slug = Slug::from_text(name);
    let found = Tag::with_slug(conn, slug.as_str())?;
    if found.is_some() {
        return Ok(found.filter(|tag| tag.content.is_meant_by(name)));
    }
    match fold_name(name) == slug.as_str() || is_kept_by_slug(name) {
        true => find_moved(conn, slug.as_str(), Known::All),
        false => find_moved(conn, &literal, Known::All),
    }
}
