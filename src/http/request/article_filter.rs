//! Requests for articles: filters, order, form of the body.

use std::fmt::Write;

use chrono_tz::Tz;

use crate::domain::article::Status;
use crate::domain::error::Invalid;
use crate::domain::id::Id;
use crate::domain::query::{AllOfAny, ArticleQuery, Range, Reference, Sort, SortKey};
use crate::http::request::field_selection::Shape;
use crate::http::request::query::Query;
use crate::http::request::time_filter::Period;
use crate::search::Order;
use crate::store::articles::{BodyForm, Parts};
use crate::store::{Conn, StoreError, editions};

/// So many values of one filter cost a list little.
const FEW_VALUES: usize = 10;

/// The values of `include`.
pub(crate) const INCLUDES: [&str; 5] = ["body", "translations", "breadcrumbs", "related", "media"];

/// The values of `status`.
pub(crate) const STATUSES: [(&str, Status); 4] = [
    ("draft", Status::Draft),
    ("scheduled", Status::Scheduled),
    ("published", Status::Published),
    ("withdrawn", Status::Withdrawn),
];

/// The values of `body`.
pub(crate) const BODIES: [(&str, BodyForm); 5] = [
    ("html", BodyForm::Html),
    ("text", BodyForm::Text),
    ("markdown", BodyForm::Markdown),
    ("blocks", BodyForm::Blocks),
    ("none", BodyForm::None),
];

const fn sort(key: SortKey, descending: bool) -> Order {
    Order::By(Sort { key, descending })
}

/// The values of `sort`. Relevance orders the hits of `q`.
pub(crate) const SORTS: [(&str, Order); 7] = [
    ("published_at", sort(SortKey::PublishedAt, false)),
    ("-published_at", sort(SortKey::PublishedAt, true)),
    ("updated_at", sort(SortKey::UpdatedAt, false)),
    ("-updated_at", sort(SortKey::UpdatedAt, true)),
    ("title", sort(SortKey::Title, false)),
    ("-title", sort(SortKey::Title, true)),
    ("relevance", Order::Relevance),
];

/// The filters of a list, its days not yet placed in a time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    query: ArticleQuery,
    /// The query.
    pub(crate) words: Option<String>,
    /// The order that was asked for.
    order: Option<Order>,
    published: Period,
    updated: Period,
}

impl Asked {
    /// Reads every filter and the order.
    pub(crate) fn read(query: &mut Query) -> Self {
        let mut asked = Self::read_filters(query);
        match asked.order {
            Some(Order::By(sort)) => asked.query.sort = sort,
            Some(Order::Relevance) if !query.has("q") => {
                let detail = "relevance orders what q finds: add q, or sort by something else";
                query.refuse("sort", Invalid::new("conflict", detail));
            }
            Some(Order::Relevance) | None => {}
        }
        if asked.words.is_some()
            && asked
                .query
                .statuses
                .iter()
                .any(|status| *status != Status::Published)
        {
            let detail = "published articles are searched: leave out status, or q";
            query.refuse("status", Invalid::new("conflict", detail));
        }
        asked
    }

    fn read_filters(query: &mut Query) -> Self {
        let reference = |text: &str| Ok::<_, Invalid>(Reference::parse(text));
        let statuses = query.any_word("status", &STATUSES);
        Self {
            query: ArticleQuery {
                langs: query.languages(),
                statuses,
                sections: query.group("section", reference),
                authors: query.groups("author", reference),
                editors: query.groups("editor", reference),
                translators: query.groups("translator", reference),
                sources: query.group("source", reference),
                tags: query.groups("tag", reference),
                ids: query.group("id", Id::parse_any),
                published: Range::default(),
                updated: Range::default(),
                sort: Sort::default(),
            },
            words: query.parsed("q", not_blank),
            order: query.word("sort", &SORTS),
            published: Period::read(query, "published"),
            updated: Period::read(query, "updated"),
        }
    }

    /// True if the rows of the list cost more than a few look-ups each: an ordered fallback of languages, or many values of
    /// one filter.
    pub(crate) fn is_costly(&self) -> bool {
        // Names every field, so that a new filter is counted or left out on purpose.
        let ArticleQuery {
            langs,
            statuses: _,
            sections,
            authors,
            editors,
            translators,
            sources,
            tags,
            ids: _,
            published: _,
            updated: _,
            sort: _,
        } = &self.query;
        let references = [sections, authors, editors, translators, sources, tags];
        let values = |groups: &&AllOfAny<Reference>| groups.iter().map(Vec::len).sum::<usize>();
        langs.len() > 1
            || references
                .iter()
                .map(values)
                .any(|values| values > FEW_VALUES)
    }

    /// True if only published articles are asked for, which needs no key.
    pub(crate) fn is_public(&self) -> bool {
        let mut statuses = self.query.statuses.iter();
        statuses.all(|status| *status == Status::Published)
    }

    /// The binding of this list's cursors: the same for every way of writing the same sort and filters.
    pub(crate) fn binding(&self) -> String {
        let mut text = String::from("articles");
        let written = write!(
            text,
            " {:?} {:?} {:?}",
            self.query, self.published, self.updated
        );
        if let Some(words) = &self.words {
            text.push_str(&format!(" {words:?} {:?}", self.order));
        }
        debug_assert!(written.is_ok(), "a String takes all text");
        text
    }

    /// The order of what is searched for, where none was asked for as `default` says.
    pub(crate) fn order(&self, default: Order) -> Order {
        self.order.unwrap_or(default)
    }

    /// The query with its days in the time zone of the one edition that is asked for, else in UTC.
    pub(crate) fn resolve(mut self, c: &mut Conn) -> Result<ArticleQuery, StoreError> {
        let zone = if self.published.has_days() || self.updated.has_days() {
            self.zone(c)?
        } else {
            Tz::UTC
        };
        self.query.published = self.published.in_zone(zone);
        self.query.updated = self.updated.in_zone(zone);
        Ok(self.query)
    }

    pub(crate) fn zone(&self, c: &mut Conn) -> Result<Tz, StoreError> {
        let [lang] = self.query.langs.as_slice() else {
            return Ok(Tz::UTC);
        };
        let edition = editions::get_edition(c, lang)?;
        Ok(edition
            .and_then(|edition| edition.time_zone.parse().ok())
            .unwrap_or(Tz::UTC))
    }
}

/// Text to search for.
fn not_blank(text: &str) -> Result<String, Invalid> {
    if text.trim().is_empty() {
        return Err(Invalid::new("empty", "q takes words to search for"));
    }
    Ok(text.to_owned())
}

/// Reads `body`, and with the shape works out which costly parts of an article are wanted.
pub(crate) fn read_parts(query: &mut Query, shape: &mut Shape, by_default: BodyForm) -> Parts {
    let form = query.word("body", &BODIES);
    if form.is_some_and(|form| form != BodyForm::None) {
        shape.add("body");
    }
    let unasked = if shape.names("body") {
        BodyForm::Html
    } else {
        by_default
    };
    Parts {
        body: if shape.picks("body") {
            form.unwrap_or(unasked)
        } else {
            BodyForm::None
        },
        related: shape.names("related"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::request::params::{ArticleFilterParams, ArticleShapeParams};
    use crate::http::request::query::names_of;

    fn read(raw: &str) -> (Asked, Query) {
        let mut query = Query::parse(raw, &names_of::<ArticleFilterParams>());
        (Asked::read(&mut query), query)
    }

    #[test]
    fn the_binding_is_of_what_is_asked_and_not_of_how_it_is_written() {
        let binding = |raw| read(raw).0.binding();
        assert_eq!(binding("tag=b,a&lang=FR"), binding("lang=fr&tag=a,b,a"));
        assert_eq!(binding("sort=-published_at"), binding(""));
        assert_eq!(
            binding("published_from=2022-11-24T17:00:00%2B01:00"),
            binding("published_from=2022-11-24T16:00:00Z")
        );
        for other in [
            "tag=a",
            "tag=a&tag=b",
            "lang=fr,en",
            "lang=en,fr",
            "sort=title",
            "updated_to=2022-11-24",
        ] {
            assert_ne!(binding("tag=a,b"), binding(other), "{other}");
        }
    }

    #[test]
    fn malformed_filters_are_refused_and_unknown_names_are_not() {
        for raw in [
            "id=x",
            "status=live",
            "sort=relevance",
            "q=",
            "q=a&status=draft",
            "published_to=soon",
            "section=",
            "lang=",
        ] {
            assert!(read(raw).1.finish().is_err(), "{raw}");
        }
        assert!(
            read("section=no/such&author=Nobody&tag=%E4%B8%AD")
                .1
                .finish()
                .is_ok()
        );
    }

    #[test]
    fn the_body_comes_where_it_is_picked() {
        let names = crate::http::request::field_selection::Names {
            fields: ["id", "title", "body", "related"]
                .map(str::to_owned)
                .to_vec(),
            identity: &["id"],
            includes: &INCLUDES,
        };
        for (raw, form) in [
            ("", BodyForm::None),
            ("body=text", BodyForm::Text),
            ("include=body", BodyForm::Html),
            ("fields=title,body", BodyForm::Html),
            ("fields=title&include=body", BodyForm::Html),
            ("fields=title&body=text", BodyForm::Text),
            ("fields=title&body=none", BodyForm::None),
            ("include=body&body=blocks", BodyForm::Blocks),
        ] {
            let mut query = Query::parse(raw, &names_of::<ArticleShapeParams>());
            let mut shape = Shape::read(&mut query, &names);
            assert_eq!(
                read_parts(&mut query, &mut shape, BodyForm::None).body,
                form,
                "{raw}"
            );
        }
    }
}
