//! A publication that is asked by filters, and the model of it.

use chrono::DateTime;
use chrono_tz::Tz;
use masthead::domain::access::Role;
use masthead::domain::article::Status;
use masthead::domain::time::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{
    Filter, KINDS, Moment, Period, Question, REPEATED, Value, any_question, encoded, question,
    zone_of,
};
use crate::harness::TestServer;
use crate::model::{
    Caller, Row, Seed, View, World, author_id, config, path_of, sections_at, seed, source_id,
};

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

    fn ask(&self, address: &str, caller: Option<&Caller>) -> crate::client::Response {
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
