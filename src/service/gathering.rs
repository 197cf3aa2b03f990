//! Rows that wait within a write: what belongs to new articles is written for all of them at once, one statement for each table.

use crate::domain::id::Id;
use crate::store::articles::{ArticleRecord, insert_parts};
use crate::store::{StoreError, works};

use super::Commit;

impl Commit<'_> {
    /// Lets what belongs to new articles wait until [`settle`](Self::settle), or until the end of this write. Whoever asks for
    /// it settles before it reads anything of articles but their rows.
    pub const fn gather(&mut self) {
        self.gathers = true;
    }

    /// Writes what belongs to new articles and waits.
    ///
    /// # Errors
    /// Those of the database.
    pub fn settle(&mut self) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        insert_parts(self.conn, &waiting)
    }

    /// Takes a new article whose row is written.
    pub(super) fn made(&mut self, record: ArticleRecord) -> Result<(), StoreError> {
        self.waiting.push(record);
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
        works::insert_work(self.conn, work, key)?;
        self.empty_works.insert(work);
        Ok(work)
    }
}
