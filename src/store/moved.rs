//! Old addresses of authors, sources, tags and sections: the one mechanism by which what moved is still found.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::access::Scope;
use crate::domain::id::Id;

use super::batch::IN_LIST;
use super::conn::{Conn, with};
use super::error::StoreError;
use super::schema::moved;
use super::worded::worded;

worded! {
    /// The kind of resource that moved.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum MovedKind {
        /// A section; its addresses are paths of one edition.
        Section: "section",
        /// An author; its addresses are slugs, and ids of authors that were merged into it.
        Author: "author",
        /// An author that others were merged into, by their names: for imports alone, it is no address.
        AuthorName: "author_name",
        /// A source.
        Source: "source",
        /// A tag.
        Tag: "tag",
    }
}

impl MovedKind {
    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }
}

/// One old address and where it leads.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = moved)]
pub struct Moved {
    /// The word of its kind.
    pub kind: String,
    /// The edition of a section; empty for what belongs to none.
    pub lang: String,
    /// The old slug, path, id or name.
    pub slug: String,
    /// The target of the redirect.
    pub target_id: Id,
    /// True if the public has known it, so that it redirects the public.
    pub public: bool,
}

/// The old addresses that redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Those that the public has known.
    Publicly,
    /// Those that only the desk knew too.
    All,
}

impl Known {
    pub(super) const fn sides(self) -> &'static [bool] {
        match self {
            Self::Publicly => &[true],
            Self::All => &[true, false],
        }
    }

    /// Those that lead a scope on.
    #[must_use]
    pub fn to(scope: &Scope) -> Self {
        match scope.sees_unpublished() {
            true => Self::All,
            false => Self::Publicly,
        }
    }
}

/// The targets of old addresses, by address; those without a target are left out.
pub fn follow_moved(
    conn: &mut Conn,
    kind: MovedKind,
    lang: &str,
    slugs: &[String],
    known: Known,
) -> Result<HashMap<String, Id>, StoreError> {
    let mut found = HashMap::new();
    for chunk in slugs.chunks(IN_LIST) {
        let rows: Vec<(String, Id)> = moved::table
            .filter(moved::slug.eq_any(chunk))
            .filter(moved::kind.eq(kind.as_str()))
            .filter(moved::lang.eq(lang))
            .filter(moved::public.eq_any(known.sides()))
            .select((moved::slug, moved::target_id))
            .load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The target of one old address.
pub fn find_moved(
    conn: &mut Conn,
    kind: MovedKind,
    lang: &str,
    slug: &str,
    known: Known,
) -> Result<Option<Id>, StoreError> {
    let found = follow_moved(conn, kind, lang, &[slug.to_owned()], known)?;
    Ok(found.into_values().next())
}

/// The targets of an old path, by edition.
pub fn moved_in_any_edition(
    conn: &mut Conn,
    kind: MovedKind,
    slug: &str,
) -> Result<Vec<Id>, StoreError> {
    Ok(moved::table
        .filter(moved::slug.eq(slug))
        .filter(moved::kind.eq(kind.as_str()))
        .order(moved::lang)
        .select(moved::target_id)
        .load(conn)?)
}

/// The old paths of sections among some, in any edition, each with what it leads to.
pub(super) fn moved_paths(
    conn: &mut Conn,
    paths: &[String],
) -> Result<Vec<(String, Id)>, StoreError> {
    Ok(moved::table
        .filter(moved::slug.eq_any(paths))
        .filter(moved::kind.eq(MovedKind::Section.as_str()))
        .select((moved::slug, moved::target_id))
        .load(conn)?)
}

/// Adds to identities by slug those of slugs that moved.
pub(super) fn with_moved(
    conn: &mut Conn,
    kind: MovedKind,
    slugs: &[String],
    mut found: HashMap<String, Id>,
) -> Result<HashMap<String, Id>, StoreError> {
    let missing: Vec<String> = slugs
        .iter()
        .filter(|slug| !found.contains_key(*slug))
        .cloned()
        .collect();
    if !missing.is_empty() {
        found.extend(follow_moved(conn, kind, "", &missing, Known::Publicly)?);
    }
    Ok(found)
}

/// Lets an old address lead to a thing; a later one of the same address wins.
pub fn save_moved(conn: &mut Conn, row: &Moved) -> Result<(), StoreError> {
    with!(conn, c => diesel::insert_into(moved::table)
        .values(row)
        .on_conflict((moved::slug, moved::kind, moved::lang))
        .do_update()
        .set((moved::target_id.eq(row.target_id), moved::public.eq(row.public)))
        .execute(c))?;
    Ok(())
}

/// Takes an old address away, because something has it again.
pub fn remove_moved(
    conn: &mut Conn,
    kind: MovedKind,
    lang: &str,
    slug: &str,
) -> Result<(), StoreError> {
    diesel::delete(moved::table.find((slug, kind.as_str(), lang))).execute(conn)?;
    Ok(())
}

/// Lets everything that led to one thing lead to another.
pub fn retarget_moved(conn: &mut Conn, from: Id, to: Id) -> Result<(), StoreError> {
    diesel::update(moved::table.filter(moved::target_id.eq(from)))
        .set(moved::target_id.eq(to))
        .execute(conn)?;
    Ok(())
}

/// Takes away everything that leads to a thing that is no more.
pub fn forget_moved(conn: &mut Conn, target: Id) -> Result<(), StoreError> {
    diesel::delete(moved::table.filter(moved::target_id.eq(target))).execute(conn)?;
    Ok(())
}

/// The next old addresses in the order of slug, kind and edition.
pub fn moved_after(
    conn: &mut Conn,
    last: Option<&Moved>,
    limit: i64,
) -> Result<Vec<Moved>, StoreError> {
    let mut query = moved::table.select(Moved::as_select()).into_boxed();
    if let Some(last) = last {
        let later_lang = moved::kind
            .eq(last.kind.clone())
            .and(moved::lang.gt(last.lang.clone()));
        let later_kind = moved::kind.gt(last.kind.clone()).or(later_lang);
        let same_slug = moved::slug.eq(last.slug.clone()).and(later_kind);
        query = query.filter(moved::slug.gt(last.slug.clone()).or(same_slug));
    }
    Ok(query
        .order((moved::slug, moved::kind, moved::lang))
        .limit(limit)
        .load(conn)?)
}
