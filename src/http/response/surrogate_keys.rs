//! Surrogate keys: what an answer shows, so that a cache in front can be told what to forget.

use std::borrow::Borrow;

use actix_web::http::header::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::SurrogateHeader;
use crate::domain::purge::{ANY_CHANGE, EVERY_ANSWER, key_of_slot};
use crate::domain::view::Article;
use crate::http::response::head;
use crate::store::slots::Slot;

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

static SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");
static CACHE_TAG: HeaderName = HeaderName::from_static("cache-tag");

/// The keys of an answer. Where there is no room for all, the names of its lists stand for the rest: whoever purges an
/// article purges `articles` and its edition too.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The resource of the answer, and the lists that it belongs to.
    lists: Vec<String>,
    /// Each thing that it shows, as long as they can all be named.
    shown: Vec<String>,
    /// Bytes of `shown`.
    shown_bytes: usize,
    /// The keys by which the service itself has it forgotten.
    subjects: Subjects,
}

/// The keys by which the service has caches in front forget an answer.
#[derive(Debug, Default)]
enum Subjects {
    /// None: it tells no caches.
    #[default]
    Untold,
    /// Key of any change.
    Any,
    /// Those of the subjects that it depends on.
    Of(Vec<String>),
}

impl Subjects {
    /// Those that fit into `room`: the key of any change stands for too many.
    fn within(&self, separator: &str, room: usize) -> Vec<&str> {
        let all = match self {
            Self::Untold => return Vec::new(),
            Self::Any => vec![EVERY_ANSWER, ANY_CHANGE],
            Self::Of(keys) => [EVERY_ANSWER]
                .into_iter()
                .chain(keys.iter().map(String::as_str))
                .collect(),
        };
        let long: usize = all.iter().map(|key| key.len() + separator.len()).sum();
        if long <= room {
            all
        } else {
            vec![EVERY_ANSWER, ANY_CHANGE]
        }
    }
}

impl Keys {
    /// Keys of a whole list, such as `articles`.
    pub(crate) fn of_list(name: &str) -> Self {
        Self {
            lists: vec![name.to_owned()],
            ..Self::default()
        }
    }

    /// Keys of one thing.
    pub(crate) fn of_one(kind: &str, name: &str) -> Self {
        Self {
            lists: vec![key(kind, name)],
            ..Self::default()
        }
    }

    /// Adds `kind:name` to the names of lists.
    pub(crate) fn add_list(&mut self, kind: &str, name: &str) {
        push(&mut self.lists, key(kind, name));
    }

    /// Adds `kind:name` to what is shown.
    pub(crate) fn add(&mut self, kind: &str, name: &str) {
        if self.shown_bytes > head::LONGEST {
            return;
        }
        let key = key(kind, name);
        if !self.shown.contains(&key) {
            self.shown_bytes += key.len();
            self.shown.push(key);
        }
    }

    /// Adds the keys by which the service itself has the answer forgotten: those of the subjects that it depends on, or that of
    /// any change where these are not known.
    pub(crate) fn depend_on(&mut self, slots: Option<&[Slot]>) {
        self.subjects = slots.map_or(Subjects::Any, |slots| {
            Subjects::Of(slots.iter().map(|slot| key_of_slot(*slot)).collect())
        });
    }

    /// Adds what an article shows beside itself.
    fn add_surroundings(&mut self, article: &Article) {
        if let Some(section) = &article.section {
            self.add("section", &section.id.to_string());
        }
        if let Some(source) = &article.source {
            self.add("source", &source.id.to_string());
        }
        let people = article
            .authors
            .iter()
            .chain(&article.editors)
            .chain(&article.translators);
        for person in people {
            self.add("author", &person.id.to_string());
        }
        for tag in &article.tags {
            self.add("tag", &tag.slug);
        }
    }

    /// The keys of one article, and of the lists that it is in.
    pub(crate) fn of_article(article: &Article) -> Self {
        let mut keys = Self::of_one("article", &article.id.to_string());
        keys.lists.push("articles".to_owned());
        keys.add_list("edition", article.lang.as_str());
        keys.add_surroundings(article);
        for translation in &article.translations {
            keys.add("article", &translation.id.to_string());
        }
        for related in article.related.iter().flatten() {
            keys.add("article", &related.id.to_string());
        }
        keys
    }

    /// Adds each article of a list, then what they show.
    pub(crate) fn add_articles(&mut self, articles: &[impl Borrow<Article>]) {
        let articles: Vec<&Article> = articles.iter().map(Borrow::borrow).collect();
        for article in &articles {
            self.add_list("edition", article.lang.as_str());
        }
        for article in &articles {
            self.add("article", &article.id.to_string());
        }
        for article in articles {
            self.add_surroundings(article);
        }
    }

    /// The header fields that name them, in `room` bytes.
    pub(crate) fn fields(
        &self,
        wanted: SurrogateHeader,
        room: usize,
    ) -> Vec<(HeaderName, HeaderValue)> {
        let names: &[(&HeaderName, &str)] = match wanted {
            SurrogateHeader::SurrogateKey => &[(&SURROGATE_KEY, " ")],
            SurrogateHeader::CacheTag => &[(&CACHE_TAG, ",")],
            SurrogateHeader::Both => &[(&SURROGATE_KEY, " "), (&CACHE_TAG, ",")],
            SurrogateHeader::None => &[],
        };
        let each = room / names.len().max(1);
        let fields = names.iter().filter_map(|(name, separator)| {
            let room = each.saturating_sub(name.as_str().len() + ": \r\n".len());
            let value = HeaderValue::from_str(&self.joined(separator, room)).ok()?;
            Some(((*name).clone(), value))
        });
        fields.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// All keys with `separator` between, or those of the lists alone; of these, the first that fit. The service's own keys
    /// come first, since nothing stands for them.
    fn joined(&self, separator: &str, room: usize) -> String {
        let own = self.subjects.within(separator, room);
        let lists = self.lists.iter().map(String::as_str);
        let shown = self.shown.iter().map(String::as_str);
        let all = own.iter().copied().chain(lists.clone()).chain(shown);
        let all = all.collect::<Vec<_>>().join(separator);
        if all.len() <= room {
            return all;
        }
        let mut text = own.join(separator);
        for key in lists {
            if text.len() + separator.len() + key.len() > room {
                break;
            }
            if !text.is_empty() {
                text.push_str(separator);
            }
            text.push_str(key);
        }
        text
    }
}

fn key(kind: &str, name: &str) -> String {
    format!("{kind}:{}", utf8_percent_encode(name, PLAIN))
}

fn push(keys: &mut Vec<String>, key: String) {
    if !keys.contains(&key) {
        keys.push(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_plain_ascii_without_separators() {
        let mut keys = Keys::of_list("articles");
        keys.add("tag", "中国 a,b");
        keys.add("tag", "中国 a,b");
        assert_eq!(
            keys.joined(" ", 100),
            "articles tag:%E4%B8%AD%E5%9B%BD%20a%2Cb"
        );
    }

    #[test]
    fn lists_stand_for_what_does_not_fit() {
        let mut keys = Keys::of_list("articles");
        keys.add_list("edition", "en");
        for n in 0..10 {
            keys.add("article", &n.to_string());
        }
        assert!(keys.joined(",", 1_000).ends_with("article:9"));
        assert_eq!(keys.joined(",", 100), "articles,edition:en");
        assert_eq!(keys.joined(",", 12), "articles");
    }

    #[test]
    fn own_keys_come_first_and_any_change_stands_for_too_many() {
        let mut keys = Keys::of_list("articles");
        keys.depend_on(Some(&[1, 0xabcd]));
        assert_eq!(keys.joined(" ", 100), "all s:0001 s:abcd articles");
        assert_eq!(keys.joined(" ", 17), "all any-change");
        keys.depend_on(None);
        assert_eq!(keys.joined(",", 100), "all,any-change,articles");
    }

    #[test]
    fn a_setting_says_which_fields_name_them() {
        let keys = Keys::of_list("articles");
        let names = |wanted| {
            let fields = keys.fields(wanted, 200).into_iter();
            fields
                .map(|(name, _)| name.to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(names(SurrogateHeader::SurrogateKey), "surrogate-key");
        assert_eq!(names(SurrogateHeader::CacheTag), "cache-tag");
        assert_eq!(names(SurrogateHeader::Both), "surrogate-key cache-tag");
        assert_eq!(names(SurrogateHeader::None), "");
    }
}
