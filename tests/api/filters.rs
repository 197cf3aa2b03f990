//! Every filter of the list, each pair of them and many together, against the model: the same articles in the same order.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::domain::time::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::harness::{START, TestServer};
use super::model::{
    Caller, EDITIONS, ORDERS, Order, PEOPLE, Row, SECTIONS, SOURCES, Seed, TAGS, View, World,
    author_id, config, path_of, sections_at, seed, source_id,
};

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

/// A publication, and those who ask about it.
struct Publication {
    server: TestServer,
    world: World,
    callers: Vec<Option<Caller>>,
}

impl Publication {
    fn new(server: TestServer, seeds: &[Seed]) -> Self {
        let author = |lang| Caller::new(&server, Role::Author, lang, None, None);
        let authors = [author(None), author(Some("fr"))];
        let world = World::write(&server, seeds, &[authors[0].key, authors[1].key]);
        let key =
            |role, lang, section, source| Some(Caller::new(&server, role, lang, section, source));
        let mut callers = vec![
            None,
            key(Role::Partner, None, None, None),
            key(Role::Editor, None, None, None),
            key(Role::Editor, Some("zh"), None, None),
            key(Role::Editor, None, Some("world"), None),
            key(Role::Editor, Some("en"), Some("world/asia"), None),
            key(Role::Editor, None, None, Some("Daily")),
            key(Role::Editor, None, Some("culture"), Some("Weekly")),
            key(Role::Admin, None, None, None),
        ];
        callers.extend(authors.map(Some));
        Self {
            server,
            world,
            callers,
        }
    }

    fn check(&self, question: &Question) {
        let caller = self.callers[question.caller.index(self.callers.len())].as_ref();
        let langs = question.langs();
        let statuses = question.statuses();
        let address = format!(
            "/api/articles?limit=100&count=exact&fields=id{}",
            self.written(question)
        );
        if let Some(status) = refusal(caller, &statuses) {
            assert_eq!(self.ask(&address, caller).status, status, "{address}");
            return;
        }
        let view = View {
            caller,
            statuses: &statuses,
            langs: &langs,
        };
        let zone = zone_of(&langs);
        let expected = self.world.list(&view, question.order, |row| {
            question
                .filters
                .iter()
                .all(|filter| self.matches(filter, row, zone))
        });
        assert_eq!(
            self.listed(&address, caller, expected.len()),
            expected,
            "{address} as {caller:?}"
        );
        self.check_last_page(question, caller, &expected);
    }

    /// The last page by its number, which is far from the first rows, where nothing is counted.
    fn check_last_page(&self, question: &Question, caller: Option<&Caller>, expected: &[String]) {
        const ROWS: usize = 7;
        let page = expected.len().div_ceil(ROWS).max(1);
        let address = format!(
            "/api/articles?limit={ROWS}&page={page}&count=none&fields=id{}",
            self.written(question)
        );
        let answer = self.ask(&address, caller);
        assert_eq!(answer.status, 200, "{address}: {}", answer.text());
        assert_eq!(
            answer.column("id"),
            expected[(page - 1) * ROWS..],
            "{address} as {caller:?}"
        );
        // The page behind a cursor, too.
        let first = address.replace(&format!("&page={page}&"), "&");
        let answer = self.ask(&first, caller);
        if let Some(next) = answer.json()["links"]["next"].as_str() {
            let rest = expected.iter().skip(ROWS).take(ROWS);
            assert!(
                self.ask(next, caller).column("id").iter().eq(rest),
                "{next} as {caller:?}"
            );
        }
    }

    fn ask(&self, address: &str, caller: Option<&Caller>) -> super::client::Response {
        let request = self.server.request("GET", address);
        match caller {
            Some(caller) => request.key(&caller.token).send(),
            None => request.send(),
        }
    }

    /// The whole list, and its count checked.
    fn listed(&self, address: &str, caller: Option<&Caller>, total: usize) -> Vec<String> {
        let mut ids = Vec::new();
        let mut next = Some(address.to_owned());
        while let Some(address) = next {
            let answer = self.ask(&address, caller);
            assert_eq!(answer.status, 200, "{address}: {}", answer.text());
            let json = answer.json();
            assert_eq!(json["meta"]["total"], total, "{address} as {caller:?}");
            ids.extend(answer.column("id"));
            next = json["links"]["next"].as_str().map(str::to_owned);
        }
        ids
    }

    fn written(&self, question: &Question) -> String {
        let mut text = format!("&sort={}", question.order.parameter());
        for filter in &question.filters {
            match filter {
                Filter::Langs(_) | Filter::Statuses(_) => {}
                Filter::AnyOf(name, values) => {
                    let values: Vec<String> =
                        values.iter().map(|value| self.word(name, value)).collect();
                    text += &format!("&{name}={}", encoded(&values.join(",")));
                }
                Filter::Within(name, (from, to)) => {
                    for (end, moment) in [("from", from), ("to", to)] {
                        text += &moment.map_or_else(String::new, |at| {
                            format!("&{name}_{end}={}", encoded(&at.word()))
                        });
                    }
                }
            }
        }
        let statuses: Vec<&str> = question
            .statuses()
            .iter()
            .map(|status| status.as_str())
            .collect();
        for (name, words) in [("lang", question.langs()), ("status", statuses)] {
            if !words.is_empty() {
                text += &format!("&{name}={}", words.join(","));
            }
        }
        text
    }

    fn word(&self, kind: &str, value: &Value) -> String {
        match value {
            Value::Slug(name) => name.to_lowercase(),
            Value::Id(name) if kind == "source" => source_id(&self.server, name).to_string(),
            Value::Id(name) => author_id(&self.server, name).to_string(),
            Value::Path(steps) => path_of(steps),
            Value::SectionId(steps, lang) => {
                let found = sections_at(&self.server, &path_of(steps), Some(lang));
                found
                    .first()
                    .map_or_else(|| "nobody".to_owned(), ToString::to_string)
            }
            Value::Article(at) => self.world.rows[at.index(self.world.rows.len())]
                .id
                .to_string(),
            Value::Unknown => "nobody".to_owned(),
        }
    }

    fn matches(&self, filter: &Filter, row: &Row, zone: Tz) -> bool {
        match filter {
            Filter::Langs(_) | Filter::Statuses(_) => true,
            Filter::AnyOf(kind, values) => values.iter().any(|value| self.is(kind, value, row)),
            Filter::Within("published", period) => {
                let open = period.0.is_none() && period.1.is_none();
                row.published_at
                    .map_or(open, |at| is_within(period, at, zone))
            }
            Filter::Within(_, period) => is_within(period, row.updated_at, zone),
        }
    }

    fn is(&self, kind: &str, value: &Value, row: &Row) -> bool {
        match value {
            Value::Unknown => false,
            Value::Path(steps) => row.is_in(&path_of(steps)),
            Value::SectionId(steps, lang) => row.lang == *lang && row.is_in(&path_of(steps)),
            Value::Article(at) => self.world.rows[at.index(self.world.rows.len())].id == row.id,
            Value::Slug(name) | Value::Id(name) => match kind {
                "author" => row.authors.contains(name),
                "editor" => row.editors.contains(name),
                "translator" => row.translators.contains(name),
                "tag" => row.tags.contains(name),
                _ => row.source == Some(name),
            },
        }
    }
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

fn is_within((from, to): &Period, at: Timestamp, zone: Tz) -> bool {
    let local = DateTime::from_timestamp_millis(at.millis())
        .unwrap()
        .with_timezone(&zone)
        .date_naive();
    let starts = from.is_none_or(|from| match from {
        Moment::Day(day) => day <= local,
        Moment::At(from) => from <= at,
    });
    let ends = to.is_none_or(|to| match to {
        Moment::Day(day) => local <= day,
        Moment::At(to) => at <= to,
    });
    starts && ends
}

/// The answer to those who may not ask for these states.
fn refusal(caller: Option<&Caller>, statuses: &[Status]) -> Option<u16> {
    let harmless = statuses.iter().all(|status| *status == Status::Published);
    match caller {
        _ if harmless => None,
        None => Some(401),
        Some(caller) if caller.role == Role::Partner => Some(403),
        Some(_) => None,
    }
}

fn check(start: fn() -> Option<TestServer>) {
    let Some(server) = start() else { return };
    let mut runner = TestRunner::new(config(250));
    let seeds = prop::collection::vec(seed(), 260)
        .new_tree(&mut runner)
        .unwrap()
        .current();
    let publication = Publication::new(server, &seeds);
    for (n, first) in KINDS.iter().enumerate() {
        for second in &KINDS[n..] {
            let is_once = first == second && !REPEATED.contains(first);
            let kinds = if is_once {
                vec![*first]
            } else {
                vec![*first, *second]
            };
            for _ in 0..4 {
                let asked = question(kinds.clone())
                    .new_tree(&mut runner)
                    .unwrap()
                    .current();
                publication.check(&asked);
            }
        }
    }
    let checked = runner.run(&any_question(), |asked| {
        publication.check(&asked);
        Ok(())
    });
    if let Err(failure) = checked {
        panic!("{failure}");
    }
}

#[test]
fn filters_find_what_the_model_finds_on_sqlite() {
    check(|| Some(TestServer::on_sqlite()));
}

#[test]
fn filters_find_what_the_model_finds_on_postgres() {
    check(TestServer::on_postgres);
}
