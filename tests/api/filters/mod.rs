//! Every filter of the list, each pair of them and many together, against the model: the same articles in the same order.

mod publication;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use masthead::domain::article::Status;
use masthead::domain::time::Timestamp;
use masthead::http::openapi;
use masthead::store::facets::FacetKind;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use super::harness::START;
use super::model::{EDITIONS, ORDERS, Order, PEOPLE, SECTIONS, SOURCES, TAGS};

/// Values by which a filter names something.
#[derive(Debug, Clone)]
enum Value {
    Slug(&'static str),
    Id(&'static str),
    SectionId(&'static [&'static str], &'static str),
    Path(&'static [&'static str]),
    Article(Index),
    Unknown,
}

/// One end of a range.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Day(NaiveDate),
    At(Timestamp),
}

type Period = (Option<Moment>, Option<Moment>);

/// One filter of a query.
#[derive(Debug, Clone)]
enum Filter {
    Langs(Vec<&'static str>),
    Statuses(Vec<Status>),
    AnyOf(&'static str, Vec<Value>),
    Within(&'static str, Period),
}

const KINDS: [&str; 11] = [
    "lang",
    "status",
    "section",
    "author",
    "editor",
    "translator",
    "source",
    "tag",
    "id",
    "published",
    "updated",
];

/// Parameters of a list of articles that leave none of them out.
const OTHERS: [&str; 9] = [
    "sort", "fields", "include", "body", "format", "limit", "cursor", "page", "count",
];

#[test]
fn every_filter_that_the_document_has_is_asked_for() {
    let document = openapi::document();
    let listing = &document["paths"]["/api/articles"]["get"];
    let parameters = [&listing["parameters"], &listing["x-parameters"]];
    let parameters = parameters
        .into_iter()
        .filter_map(serde_json::Value::as_array)
        .flatten();
    let names = parameters.map(|parameter| parameter["name"].as_str().unwrap());
    let filters = names.filter(|name| !OTHERS.contains(name) && *name != "q");
    let filters: BTreeSet<&str> = filters
        .map(|name| name.trim_end_matches("_from").trim_end_matches("_to"))
        .collect();
    assert_eq!(filters, BTreeSet::from(KINDS));
}

/// A kind that is neither described nor asked for would be a filter that nobody can use.
#[test]
fn every_kind_of_facet_is_a_filter_that_is_asked_for() {
    let kinds = FacetKind::ALL
        .iter()
        .filter(|kind| **kind != FacetKind::All);
    for kind in kinds {
        assert!(KINDS.contains(&kind.as_str()), "{kind:?}");
    }
}

/// Filters of which an article can have several values.
const REPEATED: [&str; 4] = ["author", "editor", "translator", "tag"];

fn moment() -> impl Strategy<Value = Moment> {
    let first = NaiveDate::from_ymd_opt(2025, 5, 28).unwrap();
    prop_oneof![
        (0_u64..6).prop_map(move |n| Moment::Day(first + chrono::Days::new(n))),
        (0_i64..72).prop_map(|hours| Moment::At(Timestamp::from_millis(START - hours * 3_600_000))),
    ]
}

fn filter(kind: &'static str) -> BoxedStrategy<Filter> {
    let any_of = move |value: BoxedStrategy<Value>| {
        let values = prop::collection::vec(value, 1..4);
        values
            .prop_map(move |values| Filter::AnyOf(kind, values))
            .boxed()
    };
    let named = |names: &'static [&'static str]| {
        prop_oneof![
            6 => select(names).prop_map(Value::Slug),
            3 => select(names).prop_map(Value::Id),
            1 => Just(Value::Unknown),
        ]
        .boxed()
    };
    match kind {
        "lang" => {
            let langs = EDITIONS.map(|(lang, _)| lang).to_vec();
            subsequence(langs, 1..=3).prop_shuffle().prop_map(Filter::Langs).boxed()
        }
        "status" => subsequence(Status::ALL.to_vec(), 1..=4).prop_map(Filter::Statuses).boxed(),
        "section" => any_of(
            prop_oneof![
                6 => select(&SECTIONS[..]).prop_map(Value::Path),
                3 => (select(&SECTIONS[..]), select(&EDITIONS[..])).prop_map(|(path, (lang, _))| Value::SectionId(path, lang)),
                1 => Just(Value::Unknown),
            ]
            .boxed(),
        ),
        "source" => any_of(named(&SOURCES)),
        "tag" => any_of(prop_oneof![6 => select(&TAGS[..]).prop_map(Value::Slug), 1 => Just(Value::Unknown)].boxed()),
        "id" => {
            let values = prop::collection::vec(any::<Index>().prop_map(Value::Article), 1..34);
            values.prop_map(|values| Filter::AnyOf("id", values)).boxed()
        }
        "published" | "updated" => {
            let end = || proptest::option::weighted(0.7, moment());
            (end(), end()).prop_map(move |period| Filter::Within(kind, period)).boxed()
        }
        _ => any_of(named(&PEOPLE)),
    }
}

/// A question: filters, an order, and which of the callers asks.
#[derive(Debug, Clone)]
struct Question {
    filters: Vec<Filter>,
    order: Order,
    caller: Index,
}

fn question(kinds: Vec<&'static str>) -> impl Strategy<Value = Question> {
    let filters: Vec<BoxedStrategy<Filter>> = kinds.into_iter().map(filter).collect();
    (filters, select(&ORDERS[..]), any::<Index>()).prop_map(|(filters, order, caller)| Question {
        filters,
        order,
        caller,
    })
}

/// Any filters together; those that are not repeated come once.
fn any_question() -> impl Strategy<Value = Question> {
    let repeated = subsequence(REPEATED.to_vec(), 0..3);
    (subsequence(KINDS.to_vec(), 0..5), repeated)
        .prop_flat_map(|(once, again)| question([once, again].concat()))
}

impl Question {
    fn langs(&self) -> Vec<&'static str> {
        let langs = self.filters.iter().filter_map(|filter| match filter {
            Filter::Langs(langs) => Some(langs.clone()),
            _ => None,
        });
        langs.flatten().collect()
    }

    /// States are asked for together with one language at most: which edition of an unpublished work a fallback picks is
    /// not said anywhere.
    fn statuses(&self) -> Vec<Status> {
        let statuses = self.filters.iter().filter_map(|filter| match filter {
            Filter::Statuses(statuses) if self.langs().len() < 2 => Some(statuses.clone()),
            _ => None,
        });
        statuses.flatten().collect()
    }
}

impl Moment {
    fn word(self) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::At(at) => at.to_utc().with_timezone(&Tz::Asia__Shanghai).to_rfc3339(),
        }
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Bare dates are days of the one edition that is asked for, else of UTC.
fn zone_of(langs: &[&str]) -> Tz {
    match langs {
        [lang] => EDITIONS
            .iter()
            .find(|(tag, _)| tag == lang)
            .map_or(Tz::UTC, |(_, zone)| *zone),
        _ => Tz::UTC,
    }
}
