//! Surrogate keys: what an answer shows, so that a cache in front can be told what to forget.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::view::Article;

/// The longest value of Surrogate-Key and Cache-Tag, in bytes.
const MOST: usize = 4_096;

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Keys, the coarse ones first: where the header's room ends, those are kept.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<String>);

impl Keys {
    /// Keys of a whole list, such as `articles`.
    pub(crate) fn of_list(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    /// Adds `kind:name`, once.
    pub(crate) fn add(&mut self, kind: &str, name: &str) {
        let key = format!("{kind}:{}", utf8_percent_encode(name, PLAIN));
        if !self.0.contains(&key) {
            self.0.push(key);
        }
    }

    /// Adds what an article shows beside itself.
    pub(crate) fn add_surroundings(&mut self, article: &Article) {
        self.add("edition", article.lang.as_str());
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
        let mut keys = Self::default();
        keys.add("article", &article.id.to_string());
        keys.0.push("articles".to_owned());
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
    pub(crate) fn add_articles(&mut self, articles: &[Article]) {
        for article in articles {
            self.add("edition", article.lang.as_str());
        }
        for article in articles {
            self.add("article", &article.id.to_string());
        }
        for article in articles {
            self.add_surroundings(article);
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As many whole keys as fit, with `separator` between.
    pub(crate) fn joined(&self, separator: &str) -> String {
        let mut text = String::new();
        for key in &self.0 {
            if text.len() + separator.len() + key.len() > MOST {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_plain_ascii_without_separators() {
        let mut keys = Keys::of_list("articles");
        keys.add("tag", "中国 a,b");
        keys.add("tag", "中国 a,b");
        assert_eq!(keys.joined(" "), "articles tag:%E4%B8%AD%E5%9B%BD%20a%2Cb");
    }

    #[test]
    fn whole_keys_are_dropped_beyond_four_kilobytes() {
        let mut keys = Keys::of_list("articles");
        for n in 0..1_000 {
            keys.add("article", &format!("{n:036}"));
        }
        let joined = keys.joined(",");
        assert!(joined.len() <= 4_096 && joined.len() > 4_000);
        assert!(joined.split(',').skip(1).all(|key| key.len() == 44));
    }
}
