//! Writing authors: those that an import names, and two that are one.

use std::time::{Duration, Instant};

use crate::domain::author::{Author, AuthorContent, Names};
use crate::domain::id::Id;
use crate::domain::slug::Slug;
use crate::domain::text::fold_name;
use crate::store::articles::load_stored;
use crate::store::changes::ChangeKind;
use crate::store::facets::{FacetKind, was_shown};
use crate::store::moved::{self, Moved, MovedKind};
use crate::store::shared_rows::{SharedKind, SharedRows};
use crate::store::{StoreError, authors as stored, needs};

use super::articles::{Outcome, update_article};
use super::editing::drafted;
use super::shared::{Gone, Wanted, free_slug_of, lead, save};
use super::{Commit, ServiceError};

/// The author of a name, or whom that author was merged with, made where there is neither: one by exact name, after NFC and
/// with white space folded.
pub fn ensure_author(tx: &mut Commit<'_>, name: &str) -> Result<Id, ServiceError> {
    ensure_author_as(tx, name, Wanted::default())
}

/// The same; a new one has the identity and the slug that are wanted.
pub fn ensure_author_as(
    tx: &mut Commit<'_>,
    name: &str,
    wanted: Wanted,
) -> Result<Id, ServiceError> {
    if let Some(author) = find_author(tx, name)? {
        return Ok(author);
    }
    let id = wanted.id.unwrap_or_else(|| Id::new(tx.now));
    let slug = wanted.slug.unwrap_or_else(|| Slug::from_text(name));
    let content = AuthorContent {
        slug: free_slug_of::<Author>(tx, &slug, None)?,
        name: name.to_owned(),
        names: Names::new(),
        bio: None,
        affiliation: None,
        url: None,
    };
    save::<Author>(tx, None, id, content)?;
    Ok(id)
}

/// The author of a name, or whom that author was merged with.
pub fn find_author(tx: &mut Commit<'_>, name: &str) -> Result<Option<Id>, ServiceError> {
    if let Some(author) = Author::of_name(tx.conn, name)?.pop() {
        return Ok(Some(author.id));
    }
    Ok(stored::merged_author_of_name(tx.conn, name)?)
}

/// Number of articles that a merge has in memory at once.
const BATCH: i64 = 100;
/// Longest time that one transaction takes articles over; other writes wait for it.
const LONGEST_TURN: Duration = Duration::from_millis(300);

/// Gives some of the articles by `from` to `into`, each in a version of its own, and answers whether more are left.
pub fn give_articles(
    tx: &mut Commit<'_>,
    from: &Author,
    into: &Author,
) -> Result<bool, ServiceError> {
    let began = Instant::now();
    loop {
        let batch = needs::articles_by_author(tx.conn, from.id, BATCH)?;
        if batch.is_empty() {
            return Ok(false);
        }
        for article in load_stored(tx.conn, &batch)? {
            let mut content = article.content.clone();
            content.replace_person(from.id, into.id);
            if update_article(tx, &article, drafted(content, &article))? == Outcome::Unchanged {
                let words = format!("article {} still names {}", article.id, from.id);
                return Err(StoreError::Other(words).into());
            }
            if began.elapsed() > LONGEST_TURN {
                return Ok(true);
            }
        }
    }
}

/// Makes two authors one: every article by `from` is by `into` afterwards, in a version of its own, and the id and the
/// slugs of `from` lead to `into`, and so does its name in an import. Where there are many articles, [`give_articles`] comes
/// first, in transactions of its own.
pub fn merge_authors(
    tx: &mut Commit<'_>,
    from: &Author,
    into: &Author,
) -> Result<(), ServiceError> {
    let public = was_shown(tx.conn, &FacetKind::PERSON, &from.id.to_string())?;
    while give_articles(tx, from, into)? {}
    Author::delete_row(tx.conn, from.id)?;
    moved::retarget_moved(tx.conn, from.id, into.id)?;
    lead::<Author>(tx, &from.id.to_string(), into.id, public)?;
    lead::<Author>(tx, from.content.slug.as_str(), into.id, public)?;
    let name = Moved {
        kind: MovedKind::AuthorName.as_str().to_owned(),
        lang: String::new(),
        slug: fold_name(&from.content.name),
        target_id: into.id,
        public: false,
    };
    moved::save_moved(tx.conn, &name)?;
    let end = Gone {
        reason: "merged",
        public,
    };
    tx.gone(ChangeKind::Author, from.id, "", from.version, end);
    Ok(())
}
