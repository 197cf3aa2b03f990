//! Losses when a copy is put in the place of a database: changes, articles, takedowns, revoked keys.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::article::WithdrawalReason;
use crate::domain::id::Id;
use crate::domain::language::LanguageTag;
use crate::domain::time::Timestamp;
use crate::store::history::{self, Marks};
use crate::store::keys::{self, Key};
use crate::store::states::{self, ArticleState};
use crate::store::{Store, StoreError, changes};

/// Articles that one read takes.
const AT_ONCE: i64 = 1_000;

/// The state of a database before another one takes its place.
#[derive(Debug, Clone)]
pub struct Snapshot {
    articles: BTreeMap<Id, ArticleState>,
    entries: Vec<i64>,
    marks: Marks,
    keys: Vec<Key>,
}

/// An article by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its id.
    pub id: Id,
    /// Its edition.
    pub lang: LanguageTag,
    /// Its title.
    pub title: String,
}

/// A withdrawal that the copy does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Takedown {
    /// The article.
    #[serde(flatten)]
    pub article: Named,
    /// Time of the withdrawal.
    pub at: Timestamp,
    /// Its reason.
    pub reason: WithdrawalReason,
    /// True if the copy shows the article to the public.
    pub is_public_again: bool,
}

/// A key by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedKey {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
}

/// Differences of a copy from the database that it takes the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Time of the copy's last change; null where it has none.
    pub since: Option<Timestamp>,
    /// True if the two have no history in common: the copy is of another database.
    pub is_of_another_database: bool,
    /// Entries of the change log that the copy lacks.
    pub changes: usize,
    /// Articles that the copy lacks.
    pub articles: Vec<Named>,
    /// Articles that the copy has in an earlier version.
    pub older: Vec<Named>,
    /// Withdrawals that the copy lacks.
    pub takedowns: Vec<Takedown>,
    /// Articles that were taken off the site without a withdrawal, and that the copy shows.
    pub public_again: Vec<Named>,
    /// Keys that were revoked and that the copy takes for valid.
    pub valid_again: Vec<NamedKey>,
    /// Keys that the copy lacks.
    pub keys: Vec<NamedKey>,
}

impl Snapshot {
    /// The state of a database now.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(store: &Store) -> Result<Self, StoreError> {
        let mut articles = BTreeMap::new();
        each_article(store, |article| {
            articles.insert(article.id, article);
        })?;
        let (entries, marks, keys) = store.read(|conn| {
            Ok((
                states::entries(conn)?,
                history::all_marks(conn)?,
                keys::list_keys(conn)?,
            ))
        })?;
        Ok(Self {
            articles,
            entries,
            marks,
            keys,
        })
    }

    /// True if nothing was ever written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty() && self.entries.is_empty() && self.keys.is_empty()
    }

    /// Number of articles.
    #[must_use]
    pub fn articles(&self) -> usize {
        self.articles.len()
    }

    /// Compares this with `copy`, and lists all that the copy lacks.
    ///
    /// # Errors
    /// Those of the database.
    pub fn lost_in(mut self, copy: &Store) -> Result<Loss, StoreError> {
        let (since, marks, keys) = copy.read(|conn| {
            Ok((
                changes::last_change(conn)?,
                history::all_marks(conn)?,
                keys::list_keys(conn)?,
            ))
        })?;
        let shared = self.marks.shared_with(&marks);
        let lost = self
            .entries
            .iter()
            .filter(|seq| **seq > shared.unwrap_or(0));
        let mut loss = Loss {
            since: (since != Timestamp::NEVER).then_some(since),
            is_of_another_database: shared.is_none() && !self.entries.is_empty(),
            changes: lost.count(),
            articles: Vec::new(),
            older: Vec::new(),
            takedowns: Vec::new(),
            public_again: Vec::new(),
            valid_again: Vec::new(),
            keys: Vec::new(),
        };
        each_article(copy, |copied| {
            if let Some(article) = self.articles.remove(&copied.id) {
                loss.compare(&article, Some(&copied));
            }
        })?;
        for article in self.articles.values() {
            loss.compare(article, None);
        }
        loss.compare_keys(&self.keys, &keys);
        Ok(loss)
    }
}

impl Loss {
    /// True if nothing is lost.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.changes == 0
            && self.articles.is_empty()
            && self.older.is_empty()
            && self.takedowns.is_empty()
            && self.public_again.is_empty()
            && self.valid_again.is_empty()
            && self.keys.is_empty()
    }

    fn compare(&mut self, article: &ArticleState, copied: Option<&ArticleState>) {
        let named = Named {
            id: article.id,
            lang: article.lang.clone(),
            title: article.title.clone(),
        };
        let is_withdrawn = copied.is_some_and(|copied| copied.withdrawn.is_some());
        let is_public = copied.is_some_and(|copied| copied.public);
        match (&article.withdrawn, copied) {
            (Some(withdrawal), _) if !is_withdrawn => self.takedowns.push(Takedown {
                article: named,
                at: withdrawal.at,
                reason: withdrawal.reason,
                is_public_again: is_public,
            }),
            (_, None) => self.articles.push(named),
            _ if is_public && !article.public => self.public_again.push(named),
            (_, Some(copied)) if copied.version < article.version => self.older.push(named),
            _ => {}
        }
    }

    fn compare_keys(&mut self, keys: &[Key], copied: &[Key]) {
        for key in keys {
            let named = NamedKey {
                id: key.grant.key,
                name: key.grant.name.clone(),
            };
            let copied = copied.iter().find(|other| other.grant.key == key.grant.key);
            match copied {
                None => self.keys.push(named),
                Some(copied) if key.revoked_at.is_some() && copied.revoked_at.is_none() => {
                    self.valid_again.push(named);
                }
                Some(_) => {}
            }
        }
    }
}

fn each_article(store: &Store, mut take: impl FnMut(ArticleState)) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let chunk = store.read(|conn| states::states_after(conn, &after, AT_ONCE))?;
        let Some(last) = chunk.last() else {
            return Ok(());
        };
        after = last.id.to_string();
        chunk.into_iter().for_each(&mut take);
    }
}
