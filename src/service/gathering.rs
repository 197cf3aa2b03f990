//! Rows that wait within a write: new articles and what belongs to them are written for all at once, one statement for each table.

use crate::domain::id::Id;
use crate::store::articles::{ArticleRecord, insert_articles};
use crate::store::{StoreError, works};

use super::Commit;

impl Commit<'_> {
    /// Lets new articles wait until [`settle`](Self::settle), or until the end of this write. Whoever asks for it settles before
    /// it reads anything of articles by itself.
    pub const fn gather(&mut self) {
        self.gathers = true;
    }

    /// Writes the new articles that wait.
    ///
    /// # Errors
    /// Those of the database.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut self.waiting);
        works::insert_works(self.conn, &waiting.works)?;
        insert_articles(self.conn, &waiting.articles)
    }

    /// The same, where an article of this work waits.
    ///
    /// # Errors
    /// Those of the database.
    pub fn settle_work(&mut self, work: Id) -> Result<(), StoreError> {
        let mut waiting = self.waiting.articles.iter();
        match waiting.any(|article| article.content.work == work) {
            true => self.settle(),
            false => Ok(()),
        }
    }

    /// Takes a new article.
    pub(super) fn made(&mut self, record: ArticleRecord) -> Result<(), StoreError> {
        self.waiting.articles.push(record);
        match self.gathers {
            true => Ok(()),
            false => self.settle(),
        }
    }

    /// Makes a work, which no article is of yet: nothing is asked of its articles until it has one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn new_work(&mut self, key: Option<&str>) -> Result<Id, StoreError> {
        let work = Id::new(self.now);
        self.empty_works.insert(work);
        match key {
            // A key is looked for in the database.
            Some(key) => works::ensure_work(self.conn, work, Some(key))?,
            None => self.waiting.works.push(work),
        }
        Ok(work)
    }
}
