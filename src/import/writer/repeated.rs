//! Records of one import that stand for the same article, or name the same address.
//!
//! In an archive the first record counts, so that importing it again changes nothing; in lines the last.

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::id::Id;
use crate::domain::normal_url::NormalUrl;
use crate::import::batch::{Counting, Place};
use crate::import::record::{ArticleRecord, Finding};

use super::Writer;

impl Writer<'_, '_> {
    /// True if a record stays out because one before it was of the same article. That there was one is noted, but for lines
    /// that say the same again.
    pub(super) fn is_repeated(
        &mut self,
        counts: Counting,
        article: Id,
        is_unchanged: bool,
    ) -> bool {
        let first = self.articles.get(&article);
        let Some(first) = first.or_else(|| self.before.articles.get(&article)) else {
            return false;
        };
        let detail = match counts {
            Counting::First => "this one is left out",
            Counting::Last if is_unchanged => return false,
            Counting::Last => "this one takes its place",
        };
        let detail = format!("the record at {first} is of the same article: {detail}");
        self.notes.push(Finding::new("repeated_identity", detail));
        counts == Counting::First
    }

    /// Remembers the article of a record, and notes addresses of it that a record before this one has too.
    pub(super) fn meet(&mut self, place: &Place, record: &ArticleRecord, article: Id) {
        self.article = Some(article);
        self.articles.insert(article, place.clone());
        for (at, address) in record.url.iter().chain(&record.old_urls).enumerate() {
            let key = address_key(address);
            let known = self.addresses.get(&key);
            match known.or_else(|| self.before.addresses.get(&key)) {
                Some(other) if *other != article => {
                    let first = self.articles.get(other);
                    let first = first.or_else(|| self.before.articles.get(other));
                    let place = first.map_or_else(String::new, |first| format!(" at {first}"));
                    let detail = format!("the record{place} has the address {address} too");
                    let field = match at {
                        0 if record.url.is_some() => "/url",
                        _ => "/old_urls",
                    };
                    self.note(field, "repeated_address", detail);
                }
                Some(_) => {}
                None => {
                    self.addresses.insert(key, article);
                }
            }
        }
    }
}

/// The same for two addresses that mean the same page.
fn address_key(address: &str) -> u64 {
    let Some(url) = NormalUrl::parse(address) else {
        return xxh3_64(address.as_bytes());
    };
    let parts = [url.host(), url.path(), url.query().unwrap_or("")];
    xxh3_64(parts.join("\n").as_bytes())
}
