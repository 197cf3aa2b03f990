//! Writing what all editions share: authors, sources and tags. One way for the three of them; each says in [`Shared`] what
//! is its own.

use crate::domain::author::{Author, AuthorContent, Names};
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::query::Reference;
use crate::domain::slug::Slug;
use crate::domain::source::{Source, SourceContent};
use crate::domain::tag::{Tag, TagContent};
use crate::domain::time::Timestamp;
use crate::store::changes::{Change, ChangeKind, ChangeOp};
use crate::store::facets::was_shown;
use crate::store::moved::{self, Known, Moved};
use crate::store::needs::{self, Named};
use crate::store::shared_rows::SharedKind;
use crate::store::subjects::Subject;
use crate::store::{Conn, StoreError};

use super::commit::facets_that_show;
use super::in_use::{NAMED_AT_MOST, refuse_used};
use super::slugs::{first_free, free_slug};
use super::{Commit, ServiceError};

/// The identity and the slug that something new is to have, where whoever names it knows them.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Its identity.
    pub id: Option<Id>,
    /// Its slug.
    pub slug: Option<Slug>,
}

/// Resources that belong to no edition and that articles name.
pub trait Shared: SharedKind + Clone + Send + 'static {
    /// The content.
    type Content: Clone + PartialEq + Send + 'static;
    /// Its kind in the change log.
    const CHANGE: ChangeKind;
    /// The way in which articles name it.
    const NAMED: Named;

    /// Puts one together.
    fn new(id: Id, content: Self::Content, version: i64, made: Timestamp, now: Timestamp) -> Self;
    /// Its version.
    fn version(&self) -> i64;
    /// Time at which it was made.
    fn created_at(&self) -> Timestamp;
    /// Time of the last change.
    fn updated_at(&self) -> Timestamp;
    /// The content.
    fn content(&self) -> &Self::Content;
    /// The slug of what it says.
    fn slug(content: &Self::Content) -> &Slug;
    /// The part of it that articles which name it show.
    fn as_articles_show(content: &Self::Content) -> Self::Content;
    /// Its name, and those in other languages.
    fn all_names(content: &mut Self::Content) -> (&str, &mut Names);
    /// Gives it another slug.
    fn set_slug(content: &mut Self::Content, slug: Slug);

    /// Those that this content is of already, whatever it says beside its name.
    fn twins(conn: &mut Conn, content: &Self::Content) -> Result<Vec<Self>, StoreError>;
}

macro_rules! shared {
    ($thing:ident, $content:ident, shown: $shown:expr, twins: $twins:expr) => {
        impl Shared for $thing {
            type Content = $content;
            const CHANGE: ChangeKind = ChangeKind::$thing;
            const NAMED: Named = Named::$thing;

            fn new(
                id: Id,
                content: $content,
                version: i64,
                made: Timestamp,
                now: Timestamp,
            ) -> Self {
                Self {
                    id,
                    content,
                    version,
                    created_at: made,
                    updated_at: now,
                }
            }

            fn version(&self) -> i64 {
                self.version
            }

            fn created_at(&self) -> Timestamp {
                self.created_at
            }

            fn updated_at(&self) -> Timestamp {
                self.updated_at
            }

            fn content(&self) -> &$content {
                &self.content
            }

            fn slug(content: &$content) -> &Slug {
                &content.slug
            }

            fn as_articles_show(content: &$content) -> $content {
                let part: fn($content) -> $content = $shown;
                part(content.clone())
            }

            fn all_names(content: &mut $content) -> (&str, &mut Names) {
                (&content.name, &mut content.names)
            }

            fn set_slug(content: &mut $content, slug: Slug) {
                content.slug = slug;
            }

            fn twins(conn: &mut Conn, content: &$content) -> Result<Vec<Self>, StoreError> {
                let twins: fn(&mut Conn, &$content) -> Result<Vec<Self>, StoreError> = $twins;
                twins(conn, content)
            }
        }
    };
}

shared!(Author, AuthorContent,
    shown: |content| AuthorContent { bio: None, affiliation: None, url: None, ..content },
    twins: |conn, content| Author::of_name(conn, &content.name));
shared!(Source, SourceContent,
    shown: |content| SourceContent { kind: None, ..content },
    twins: |conn, content| Source::of_name(conn, &content.name));
shared!(Tag, TagContent, shown: |content| content, twins: tag_twins);

/// Tags are one by name and by slug, also by a slug that one had. A slug that was made of a name which another tag does not
/// go by gives way and is no twin's.
fn tag_twins(conn: &mut Conn, content: &TagContent) -> Result<Vec<Tag>, StoreError> {
    let mut twins = Tag::of_name(conn, &content.name)?;
    let by_slug: Option<Tag> = find(conn, &Reference::Slug(content.slug.to_string()))?;
    let is_chosen = !content.slug.is_made_of(&content.name);
    let is_meant = |tag: &Tag| {
        let has_slug_now = tag.content.slug == content.slug;
        is_chosen || !has_slug_now || tag.content.is_meant_by(&content.name)
    };
    twins.extend(by_slug.filter(is_meant));
    Ok(twins)
}

/// The thing that is meant: by id or slug, now or before it moved.
pub fn find<T: Shared>(conn: &mut Conn, reference: &Reference) -> Result<Option<T>, StoreError> {
    let (found, text) = match reference {
        Reference::Id(id) if T::HAS_ID => (T::with_ids(conn, &[*id])?.pop(), id.to_string()),
        Reference::Id(_) => return Ok(None),
        Reference::Slug(slug) => (T::with_slug(conn, slug)?, slug.clone()),
    };
    match found {
        Some(found) => Ok(Some(found)),
        None => find_moved(conn, &text, Known::All),
    }
}

/// The thing that an old slug, or the id of one that was merged into it, leads to.
pub fn find_moved<T: Shared>(
    conn: &mut Conn,
    slug: &str,
    known: Known,
) -> Result<Option<T>, StoreError> {
    match moved::find_moved(conn, T::MOVED, "", slug, known)? {
        Some(id) => Ok(T::with_ids(conn, &[id])?.pop()),
        None => Ok(None),
    }
}

/// Writes a new one, which no article names yet, with the version and times that it has.
pub fn write<T: Shared>(tx: &mut Commit<'_>, thing: &T) -> Result<(), ServiceError> {
    write_as(tx, thing, false, thing.version() > 1)
}

/// `public`: whether the public sees a published article that names it; `alters_articles`: whether articles that name it read
/// otherwise now.
fn write_as<T: Shared>(
    tx: &mut Commit<'_>,
    thing: &T,
    public: bool,
    alters_articles: bool,
) -> Result<(), ServiceError> {
    T::save_row(tx.conn, thing)?;
    moved::remove_moved(tx.conn, T::MOVED, "", T::slug(thing.content()).as_str())?;
    let slug = Subject::Slug(T::CHANGE, T::slug(thing.content()).as_str());
    tx.changes.push(Change {
        kind: T::CHANGE,
        id: thing.id().to_string(),
        op: ChangeOp::Upsert,
        reason: None,
        lang: String::new(),
        version: thing.version(),
        public,
        alters_articles,
        touched: Some(vec![slug.slot()]),
    });
    Ok(())
}

/// Writes what one says; says whether that is new or other than before. A changed slug leaves a redirect.
pub fn save<T: Shared>(
    tx: &mut Commit<'_>,
    before: Option<T>,
    id: Id,
    content: T::Content,
) -> Result<bool, ServiceError> {
    let Some(before) = before else {
        write(tx, &T::new(id, content, 1, tx.stamp, tx.stamp))?;
        return Ok(true);
    };
    if *before.content() == content {
        return Ok(false);
    }
    let version = before.version() + 1;
    let after = T::new(before.id(), content, version, before.created_at(), tx.stamp);
    let (old, new) = (before.content(), after.content());
    let is_shown = tx.is_shown(T::SHOWN_BY, after.id())?;
    write_as(
        tx,
        &after,
        is_shown,
        T::as_articles_show(old) != T::as_articles_show(new),
    )?;
    if T::slug(old) != T::slug(new) {
        let public = was_shown(tx.conn, T::SHOWN_BY, &after.id().to_string())?;
        lead::<T>(tx, T::slug(old).as_str(), after.id(), public)?;
    }
    Ok(true)
}

/// A slug that no other thing of the kind has, or had and is still found by.
pub fn free_slug_of<T: Shared>(
    tx: &mut Commit<'_>,
    wanted: &Slug,
    but: Option<Id>,
) -> Result<Slug, ServiceError> {
    let mut is_taken = |slug: &Slug| {
        let found: Option<T> = find(tx.conn, &Reference::Slug(slug.to_string()))?;
        Ok(found.is_some_and(|found| Some(found.id()) != but))
    };
    Ok(free_slug(wanted, |slugs| first_free(slugs, &mut is_taken))?)
}

/// Makes a new one.
///
/// # Errors
/// `Conflict` where there is one of this name already.
pub fn create<T: Shared>(tx: &mut Commit<'_>, mut content: T::Content) -> Result<Id, ServiceError> {
    refuse_twin::<T>(tx, &content, None)?;
    let slug = free_slug_of::<T>(tx, T::slug(&content), None)?;
    T::set_slug(&mut content, slug);
    let id = Id::new(tx.now);
    save::<T>(tx, None, id, content)?;
    Ok(id)
}

/// Writes one anew.
///
/// # Errors
/// `Conflict` where another has this name already.
pub fn replace<T: Shared>(
    tx: &mut Commit<'_>,
    before: T,
    mut content: T::Content,
) -> Result<(), ServiceError> {
    let id = before.id();
    refuse_twin::<T>(tx, &content, Some(id))?;
    let slug = free_slug_of::<T>(tx, T::slug(&content), Some(id))?;
    T::set_slug(&mut content, slug);
    save(tx, Some(before), id, content).map(|_| ())
}

fn refuse_twin<T: Shared>(
    tx: &mut Commit<'_>,
    content: &T::Content,
    but: Option<Id>,
) -> Result<(), ServiceError> {
    let twins = T::twins(tx.conn, content)?;
    let other = twins.into_iter().find(|twin| Some(twin.id()) != but);
    let Some(twin) = other else { return Ok(()) };
    let kind = T::MOVED.as_str();
    let slug = T::slug(twin.content());
    let detail = if T::HAS_ID {
        format!(
            "there is {kind} {slug} ({}) of this name already",
            twin.id()
        )
    } else {
        format!("there is {kind} {slug} already")
    };
    Err(ServiceError::Conflict(Invalid::new("exists", detail)))
}

/// Takes one away that no article names.
///
/// # Errors
/// `Conflict` that names the articles where there are any.
pub fn delete<T: Shared>(tx: &mut Commit<'_>, thing: &T) -> Result<(), ServiceError> {
    let used = needs::articles_naming(tx.conn, T::NAMED, thing.id(), NAMED_AT_MOST)?;
    refuse_used(T::MOVED.as_str(), &[("article", used)])?;
    let kinds = facets_that_show(T::CHANGE);
    let public = was_shown(tx.conn, kinds, &thing.id().to_string())?;
    T::delete_row(tx.conn, thing.id())?;
    moved::forget_moved(tx.conn, thing.id())?;
    tx.gone(
        T::CHANGE,
        thing.id(),
        "",
        thing.version(),
        Gone {
            reason: "deleted",
            public,
        },
    );
    Ok(())
}

/// Lets an old slug or id lead to a thing; the public too where it has known it.
pub(super) fn lead<T: Shared>(
    tx: &mut Commit<'_>,
    slug: &str,
    target: Id,
    public: bool,
) -> Result<(), ServiceError> {
    let row = Moved {
        kind: T::MOVED.as_str().to_owned(),
        lang: String::new(),
        slug: slug.to_owned(),
        target_id: target,
        public,
    };
    Ok(moved::save_moved(tx.conn, &row)?)
}

/// The end of a thing.
pub(super) struct Gone {
    pub reason: &'static str,
    /// True if the public may have seen it.
    pub public: bool,
}

impl Commit<'_> {
    pub(super) fn gone(
        &mut self,
        kind: ChangeKind,
        id: impl std::fmt::Display,
        lang: &str,
        version: i64,
        end: Gone,
    ) {
        self.changes.push(Change {
            kind,
            id: id.to_string(),
            op: ChangeOp::Delete,
            reason: Some(end.reason),
            lang: lang.to_owned(),
            version,
            public: end.public,
            alters_articles: version > 1,
            touched: Some(Vec::new()),
        });
    }
}
