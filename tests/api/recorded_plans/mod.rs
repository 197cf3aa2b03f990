//! No query of the changes, of partners, feeds, sitemaps, webhooks, usage, the audit or the reach scans a large table.
//!
//! Every statement is recorded as it is sent, and the database is asked for its plan without values, so that no value can
//! make it look better than it is.

mod again;
mod judging;
mod reads;
mod writes;

use std::cell::RefCell;

use diesel::connection::{
    Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation,
};
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use masthead::app::{self, App};
use masthead::config::Config;
use masthead::domain::access::{Grant, Limits, Role, Scope};
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::domain::query::{ArticleQuery, PageRequest};
use masthead::domain::time::Clock;
use masthead::domain::usage::Counts;
use masthead::media::place::Place;
use masthead::store::articles::{BodyForm, Parts, list_articles};
use masthead::store::fanouts::{self, Extent, Shown};
use masthead::store::{Conn, Store, StoreError};

use super::builders::lang;
use super::plans::{ARTICLES, filling, value_id};
use super::postgres;
use again::check_again;
use judging::{is_walked, postgres_fault, sqlite_fault};
use reads::{following, reading};
use writes::{auditing, keeping, writing};

thread_local! {
    /// Statements that this thread has sent; nothing while nobody records.
    static SENT: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

fn recorder() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            SENT.with_borrow_mut(|sent| {
                sent.iter_mut().for_each(|all| all.push(query.to_string()))
            });
        }
    }))
}

/// The statements that something sends, without their values, but with the length of the page that they ask for: for less
/// than that, another plan may be right.
fn sent<T>(work: impl FnOnce() -> T) -> Vec<String> {
    SENT.set(Some(Vec::new()));
    work();
    let planned = ["SELECT", "UPDATE", "DELETE", "WITH"];
    let all = SENT.take().unwrap().into_iter();
    all.filter(|text| planned.iter().any(|word| text.starts_with(word)))
        .map(|text| with_limit(&text))
        .collect()
}

fn with_limit(text: &str) -> String {
    let (words, values) = text.split_once(" -- binds:").unwrap_or((text, ""));
    let words = words.trim();
    let Some((before, limit)) = words.rsplit_once(" LIMIT ") else {
        return words.to_owned();
    };
    let values = values.trim().trim_matches(['[', ']']);
    let mut last = values.rsplit(", ").map(|value| value.trim_matches('"'));
    let mut next = || last.next().and_then(|value| value.parse::<i64>().ok());
    match (limit.contains('('), limit.split_once(" OFFSET ")) {
        (true, _) => words.to_owned(),
        (false, Some(_)) => match (next(), next()) {
            (Some(offset), Some(limit)) => format!("{before} LIMIT {limit} OFFSET {offset}"),
            _ => words.to_owned(),
        },
        (false, None) => match next() {
            Some(limit) => format!("{before} LIMIT {limit}"),
            None => words.to_owned(),
        },
    }
}

fn id(kind: char, n: i64) -> Id {
    Id::parse(&format!("018{kind}0000-0000-7000-8000-{n:012}")).unwrap()
}

/// Rows that partners and subscribers leave behind, beside the articles.
fn more() -> String {
    let numbers = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {})",
        ARTICLES - 1
    );
    let own = |kind: char| {
        format!(
            "('018{kind}0000-0000-7000-8000-' || substr('000000000000' || CAST(i AS TEXT), length(CAST(i AS TEXT)) + 1, 12))"
        )
    };
    let (article, row) = (own('b'), own('d'));
    let some_key = own('e').replace("CAST(i ", "CAST(i % 100 ");
    let key = id('e', 1);
    let (hooks, some_hook) = (own('f'), own('f').replace("CAST(i ", "CAST(i % 20 "));
    let lang = "CASE i % 3 WHEN 0 THEN 'en' WHEN 1 THEN 'fr' ELSE 'zh' END";
    [
        format!("INSERT INTO changes (seq, kind, id, op, lang, version, at, public) {numbers} SELECT i + 1, 'article', {article}, 'upsert', {lang}, 1, i, TRUE FROM n"),
        format!("INSERT INTO changes (seq, kind, id, op, lang, version, at, public) VALUES ({}, 'rights', '{key}', 'upsert', '', {ARTICLES}, {ARTICLES}, FALSE)", ARTICLES * 2 + 1),
        format!("INSERT INTO past_facets (article_id, facet_id, published_at) {numbers} SELECT {article}, 2 + i % 20, i FROM n WHERE i % 5 = 0"),
        format!("INSERT INTO revisions (article_id, version, at, actor, snapshot) {numbers} SELECT {article}, 1, i, 'import', '{{}}' FROM n"),
        format!("INSERT INTO api_keys (id, name, role, prefix, secret_hash, langs, sections, sources, created_at) VALUES ('{key}', 'P', 'partner', 'p', 'h', '[]', '[]', '[]', 0)"),
        "INSERT INTO embargo_offsets (seconds, watermark, moved_at) VALUES (3600, 90000000, 0)".to_owned(),
        format!("INSERT INTO deliveries (key_id, article_id, stream, seq, op, version, delivered_at, acknowledged_at) {numbers} SELECT '{key}', {article}, i % 5, i, 'upsert', 1, i, CASE i % 10 WHEN 0 THEN NULL ELSE i END FROM n"),
        format!("INSERT INTO webhooks (id, name, url, events, langs, sections, sources, include_article, secret, enabled, version, created_at, updated_at) {numbers} SELECT {hooks}, 'H', 'https://example.org/', '[]', '[]', '[]', '[]', FALSE, 's', TRUE, 1, 0, 0 FROM n WHERE i < 20"),
        format!("INSERT INTO webhook_progress (webhook_id, position, place, next_at, blocked, lease_until) {numbers} SELECT {hooks}, 0, '{{\"s\":0}}', 0, FALSE, 0 FROM n WHERE i < 20"),
        format!("INSERT INTO webhook_deliveries (id, webhook_id, lane, seq, event, at, status, attempts, tries, created_at, next_at, done_at) {numbers} SELECT {row}, {some_hook}, 'log', i, 'article.published', i, 'delivered', 1, 1, i, i, CASE i % 999 WHEN 0 THEN NULL ELSE i END FROM n"),
        format!("INSERT INTO webhook_attempts (delivery_id, number, at, duration_ms) {numbers} SELECT {row}, 1, i, 1 FROM n"),
        format!("INSERT INTO audit (id, at, actor, operation, kind, resource) {numbers} SELECT {row}, i, 'key:' || {some_key}, 'op' || (i % 40), 'kind' || (i % 12), {article} FROM n"),
        format!("INSERT INTO usage (day, key_id, requests, articles, bytes) {numbers} SELECT i / 100, {some_key}, 1, 1, 1 FROM n"),
        "ANALYZE;\n".to_owned(),
    ]
    .join(";\n")
}

fn partner(embargo_offset: u32) -> Scope {
    Scope::Key(Grant {
        key: id('e', 1),
        name: "P".to_owned(),
        role: Role::Partner,
        limits: Limits {
            langs: vec![lang("en"), lang("fr")],
            sections: vec![value_id(0, 3), value_id(0, 4)],
            sources: vec![value_id(4, 3)],
        },
        contract: Contract {
            embargo_offset,
            ..Contract::default()
        },
    })
}

type Work = (
    &'static str,
    Box<dyn Fn(&mut Conn) -> Result<(), StoreError>>,
);

/// Statements that a list with related articles takes, however long it is.
fn check_related(store: &Store) {
    let parts = Parts {
        body: BodyForm::None,
        related: true,
    };
    let count = |limit: u32| {
        let page = PageRequest {
            limit,
            ..PageRequest::default()
        };
        let query = ArticleQuery::default();
        let list = |c: &mut Conn| list_articles(c, &Scope::Public, &query, &page, parts);
        sent(|| assert_eq!(store.read(list).unwrap().rows.len(), limit as usize)).len()
    };
    let (few, many) = (count(10), count(50));
    assert!(many <= few + 4, "{few} statements for 10, {many} for 50");
}

/// Every statement with what it is for.
fn statements(store: &Store, url: &str) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    let reads = [following(), reading(), keeping(), auditing()]
        .into_iter()
        .flatten();
    for (name, work) in reads {
        let found = sent(|| store.read(|c| work(c)).unwrap());
        assert!(!found.is_empty(), "{name}");
        all.extend(found.into_iter().map(|words| (name, words)));
    }
    for (name, work) in writing() {
        let found = sent(|| store.write(|c| work(c)).unwrap());
        assert!(!found.is_empty(), "{name}");
        all.extend(found.into_iter().map(|words| (name, words)));
    }
    all.extend(background(store, url));
    all.sort();
    all.dedup();
    assert!(all.len() > 80, "{} statements", all.len());
    all
}

/// Work beside the requests, by day and night.
fn background(store: &Store, url: &str) -> Vec<(&'static str, String)> {
    let mut config = Config::with_database(url);
    let folder = tempfile::tempdir().unwrap();
    config.media_store = Some(Place::Folder(folder.path().join("media")));
    config.websub_hub = Some("https://127.0.0.1:9/".to_owned());
    let app = App::build(config, store.clone(), Clock::System, "127.0.0.1:9", None).unwrap();
    app.key_notes.used(id('e', 1), app.clock.now());
    let counts = Counts {
        requests: 1,
        ..Counts::default()
    };
    app.usage.count(app.clock.now(), id('e', 1), counts);
    let whole = Extent {
        places: true,
        translations: true,
    };
    store
        .write(|conn| fanouts::queue(conn, Shown::Facet(1), whole, 0))
        .unwrap();
    let found = sent(|| app::work_a_round(&app));
    assert!(found.len() > 10, "{} statements", found.len());
    found
        .into_iter()
        .map(|words| ("background", words))
        .collect()
}

fn check(
    (store, url): (&Store, &str),
    mut plan: impl FnMut(&str) -> Vec<String>,
    judge: fn(&[String]) -> Option<String>,
) {
    check_related(store);
    check_again(store);
    let mut bad = Vec::new();
    let all = statements(store, url);
    for (name, words) in &all {
        let lines = plan(words);
        if let Some(fault) = judge(&lines).filter(|_| !is_walked(name, words)) {
            bad.push(format!("{name}: {fault}\n{words}\n{}", lines.join("\n")));
        }
    }
    let count = bad.len();
    assert!(
        bad.is_empty(),
        "{count} of {} plans scan a table:\n{}",
        all.len(),
        bad.join("\n\n")
    );
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    step: String,
}

#[test]
fn no_query_of_syndication_makes_sqlite_scan_a_large_table() {
    set_default_instrumentation(recorder).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.db");
    let url = format!("sqlite://{}", path.display());
    let store = Store::open(&url).unwrap();
    let mut raw = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    raw.batch_execute(&filling()).unwrap();
    raw.batch_execute(&more()).unwrap();
    let plan = |words: &str| {
        let asked = sql_query(format!("EXPLAIN QUERY PLAN {words}"));
        let steps: Vec<SqliteStep> = asked.load(&mut raw).unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    };
    check((&store, &url), plan, sqlite_fault);
}

#[test]
fn no_query_of_syndication_makes_postgresql_scan_a_large_table() {
    let Some(url) = postgres::new_database() else {
        return;
    };
    set_default_instrumentation(recorder).unwrap();
    let store = Store::open(&url).unwrap();
    let mut raw = PgConnection::establish(&url).unwrap();
    raw.batch_execute(&filling()).unwrap();
    raw.batch_execute(&more()).unwrap();
    raw.batch_execute("VACUUM ANALYZE").unwrap();
    raw.batch_execute("SET plan_cache_mode = force_generic_plan; SET jit = off; SET enable_hashjoin = off; SET enable_mergejoin = off")
        .unwrap();
    let plan = |words: &str| {
        let values = (1..)
            .take_while(|n| words.contains(&format!("${n}")))
            .count();
        let nothing = vec!["NULL"; values].join(", ");
        let call = if values == 0 {
            String::new()
        } else {
            format!("({nothing})")
        };
        raw.batch_execute(&format!("PREPARE asked AS {words}"))
            .unwrap();
        let asked = sql_query(format!("EXPLAIN EXECUTE asked{call}"));
        let steps: Vec<PostgresStep> = asked.load(&mut raw).unwrap();
        raw.batch_execute("DEALLOCATE asked").unwrap();
        steps.into_iter().map(|step| step.step).collect()
    };
    check((&store, &url), plan, postgres_fault);
}
