//! No query of the changes, of partners, feeds, sitemaps, webhooks, usage, the audit or the reach scans a large table.
//!
//! Every statement is recorded as it is sent, and the database is asked for its plan without values, so that no value can
//! make it look better than it is.

use std::cell::RefCell;

use diesel::connection::{
    Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation,
};
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use masthead::app::{self, App};
use masthead::config::Config;
use masthead::domain::access::{Grant, Limits, Role, Scope};
use masthead::domain::audit::AuditFilter;
use masthead::domain::id::Id;
use masthead::domain::partner::Contract;
use masthead::domain::query::{ArticleQuery, PageRequest, Range, Reference};
use masthead::domain::sync::{SyncFilter, SyncOp, SyncPlace};
use masthead::domain::time::{Clock, Timestamp};
use masthead::domain::usage::{Counts, UsageQuery};
use masthead::domain::webhook_delivery::{DeliveryStatus, Lane};
use masthead::media::place::Place;
use masthead::store::articles::{
    BodyForm, Parts, list_articles, list_withdrawn, places_of_translations,
};
use masthead::store::deliveries::Stretch;
use masthead::store::facets::FacetKind;
use masthead::store::fanouts::{self, Extent, Shown};
use masthead::store::listing::{sitemap_files, sitemap_pages};
use masthead::store::resolve::resolve_url;
use masthead::store::sync::events_after;
use masthead::store::{
    Conn, Store, StoreError, altered, audit, changes, deliveries, partners, reach, usage,
    webhook_deliveries, webhooks,
};

use super::builders::lang;
use super::plans::{ARTICLES, filling, value_id};
use super::postgres;

/// Tables with more than a thousand rows.
const LARGE: [&str; 11] = [
    "articles",
    "article_facets",
    "facet_sets",
    "changes",
    "past_facets",
    "deliveries",
    "webhook_deliveries",
    "webhook_attempts",
    "audit",
    "usage",
    "revisions",
];

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

fn follow(name: &'static str, scope: Scope, filter: SyncFilter, place: SyncPlace) -> Work {
    let work = move |c: &mut Conn| {
        let batch = events_after(c, &scope, &filter, place.clone(), 100)?;
        assert!(batch.next != place, "{name} looked at nothing");
        Ok(())
    };
    (name, Box::new(work))
}

/// Following the log: from everywhere, with and without filters and a contract.
fn following() -> Vec<Work> {
    let ids = |kind, slug: &str| {
        vec![vec![
            Reference::Id(value_id(kind, 3)),
            Reference::parse(slug),
        ]]
    };
    let (none, filter) = (
        SyncFilter::default(),
        SyncFilter {
            langs: vec![lang("en"), lang("zh")],
            sections: ids(0, "world/asia"),
            sources: ids(4, "gazette"),
        },
    );
    let (tail, turn) = (SyncPlace::after(ARTICLES - 300), ARTICLES * 2 + 1);
    let retold = SyncPlace {
        retold: Some(50_000),
        ..SyncPlace::after(ARTICLES + 1_000)
    };
    let first = SyncPlace::first_copy(turn);
    let changed = SyncPlace::after(turn).with_other_filters(Some(filter.clone()));
    let twice = changed.moved_to(500, turn).with_other_filters(None);
    let (public, late) = (Scope::Public, partner(3_600));
    let cases = [
        ("a first copy", &public, &none, &first),
        ("a first copy with filters", &public, &filter, &first),
        ("the tail", &public, &none, &tail),
        ("the tail with filters", &public, &filter, &tail),
        ("other filters", &public, &none, &changed),
        ("a partner's first copy", &late, &none, &first),
        ("a partner's tail", &partner(0), &filter, &tail),
        ("a partner's change of rights", &late, &filter, &retold),
        ("a partner's other filters", &late, &none, &changed),
        ("a partner's filters changed twice", &late, &filter, &twice),
    ];
    let work = |(name, scope, filter, place): (_, &Scope, &SyncFilter, &SyncPlace)| {
        follow(name, scope.clone(), filter.clone(), place.clone())
    };
    cases.into_iter().map(work).collect()
}

fn list(name: &'static str, scope: Scope, narrow: fn(&mut ArticleQuery)) -> Work {
    let work = move |c: &mut Conn| {
        let mut query = ArticleQuery::default();
        narrow(&mut query);
        let parts = Parts {
            body: BodyForm::Html,
            related: true,
        };
        let page = PageRequest::default();
        let slice = list_articles(c, &scope, &query, &page, parts)?;
        places_of_translations(c, &slice.rows)?;
        changes::last_change_of_lists(c, &scope, &[lang("en")])?;
        changes::last_change_of_lists(c, &scope, &[])?;
        Ok(())
    };
    (name, Box::new(work))
}

/// Reads of partners and of readers of feeds and sitemaps.
fn reading() -> Vec<Work> {
    let section = |q: &mut ArticleQuery| q.sections = vec![vec![Reference::Id(value_id(0, 3))]];
    let author = |q: &mut ArticleQuery| {
        q.langs = vec![lang("en")];
        q.authors = vec![vec![Reference::Id(value_id(1, 3))]];
    };
    let two = |q: &mut ArticleQuery| q.langs = vec![lang("fr"), lang("en")];
    let edition = |q: &mut ArticleQuery| q.langs = vec![lang("en")];
    let withdrawn = |facet: Option<(FacetKind, String)>| {
        move |c: &mut Conn| {
            list_withdrawn(c, &Scope::Public, &lang("en"), facet.as_ref(), 100)?;
            list_withdrawn(c, &partner(0), &lang("en"), facet.as_ref(), 100).map(|_| ())
        }
    };
    let section_facet = Some((FacetKind::Section, value_id(0, 3).to_string()));
    vec![
        list("a partner's list", partner(3_600), |_| {}),
        list("a partner's section", partner(3_600), section),
        list("a partner's author", partner(0), author),
        list("a partner's languages", partner(3_600), two),
        list("the feed of an edition", Scope::Public, edition),
        list("the feed of an author", Scope::Public, author),
        list("the feed of a section", Scope::Public, section),
        ("tombstones of an edition", Box::new(withdrawn(None))),
        (
            "tombstones of a section",
            Box::new(withdrawn(section_facet)),
        ),
        ("a counted list of many values", Box::new(counted)),
        ("an address", Box::new(resolved)),
        (
            "the sitemap index",
            Box::new(|c| sitemap_files(c, &lang("en"), 10_000).map(|_| ())),
        ),
        (
            "a sitemap",
            Box::new(|c| sitemap_pages(c, &lang("en"), 2, 10_000).map(|_| ())),
        ),
        (
            "the hub's feeds",
            Box::new(|c| altered::altered_feeds(c, ARTICLES - 400, ARTICLES).map(|_| ())),
        ),
    ]
}

/// A list whose matching articles are counted.
fn counted(c: &mut Conn) -> Result<(), StoreError> {
    let query = ArticleQuery {
        langs: vec![lang("fr"), lang("en")],
        sources: vec![(0..12).map(|n| Reference::Id(value_id(4, n))).collect()],
        ..ArticleQuery::default()
    };
    let page = PageRequest {
        count: true,
        ..PageRequest::default()
    };
    list_articles(c, &Scope::Public, &query, &page, Parts::default()).map(|_| ())
}

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

/// Every way in which an address is looked up.
fn resolved(c: &mut Conn) -> Result<(), StoreError> {
    let base = "http://127.0.0.1";
    for url in [
        "https://old.example.net/story?page=2",
        "/story?page=2",
        "/api/articles/story",
        "/en/world/story",
    ] {
        resolve_url(c, &Scope::Public, url, base, &lang("en"))?;
    }
    Ok(())
}

/// Rows that are kept of subscribers and partners.
fn keeping() -> Vec<Work> {
    let hook = id('f', 1);
    let now = Timestamp::from_millis(ARTICLES * 1_000 + 4_000_000);
    let messages = move |c: &mut Conn| {
        let page = PageRequest::default();
        webhook_deliveries::list_deliveries(c, hook, None, &page)?;
        let pending = Some(DeliveryStatus::Pending);
        webhook_deliveries::list_deliveries(c, hook, pending, &page)?;
        webhook_deliveries::get_delivery(c, hook, id('d', 7))?;
        webhook_deliveries::head_of_lane(c, hook, Lane::Log)?;
        webhooks::due_webhooks(c, now, 5, "nobody").map(|_| ())
    };
    vec![
        ("messages of a webhook", Box::new(messages)),
        ("usage", Box::new(|c| used(c, None))),
        ("usage of a key", Box::new(|c| used(c, Some(id('e', 1))))),
        (
            "the reach of an article",
            Box::new(|c| reach::reach_of(c, id('b', 7)).map(|_| ())),
        ),
        (
            "embargo offsets that are due",
            Box::new(move |c| partners::offsets_due(c, now).map(|_| ())),
        ),
    ]
}

fn used(c: &mut Conn, key: Option<Id>) -> Result<(), StoreError> {
    let (from, to) = (500, 530);
    let page = PageRequest {
        count: true,
        ..PageRequest::default()
    };
    usage::list_usage(c, &UsageQuery { from, to, key }, &page).map(|_| ())
}

/// The audit, by each of its filters.
fn auditing() -> Vec<Work> {
    let word = |text: &str| Some(text.to_owned());
    let mut filters = vec![AuditFilter::default(); 5];
    filters[0].key = Some(id('e', 1));
    filters[1].operation = word("op1");
    filters[2].kind = word("kind1");
    filters[3].resource = word("r");
    filters[4].at = Range {
        from: Some(Timestamp::from_millis(10)),
        to: Some(Timestamp::from_millis(20)),
    };
    let names = [
        "audit by key",
        "audit by operation",
        "audit by kind",
        "audit by resource",
        "audit by time",
    ];
    let work = |(name, filter): (&'static str, AuditFilter)| {
        let work = move |c: &mut Conn| {
            audit::list_deeds(c, &filter, &PageRequest::default())?;
            audit::last_deed(c).map(|_| ())
        };
        (name, Box::new(work) as Box<dyn Fn(&mut Conn) -> _>)
    };
    names.into_iter().zip(filters).map(work).collect()
}

/// Writes for partners and subscribers.
fn writing() -> Vec<Work> {
    let (key, hook) = (id('e', 1), id('f', 1));
    let now = Timestamp::from_millis(ARTICLES);
    let event = masthead::domain::sync::SyncEvent {
        seq: 7,
        op: SyncOp::Upsert,
        reason: None,
        id: id('b', 7),
        lang: lang("en"),
        version: 2,
        at: now,
        place: SyncPlace::after(7),
    };
    vec![
        (
            "recording what is given",
            Box::new(move |c| {
                let events = std::slice::from_ref(&event);
                deliveries::record_deliveries(c, key, 1, events, now)?;
                let part = Stretch {
                    key,
                    stream: 1,
                    after: 7,
                    upto: 500,
                    gone_upto: 0,
                };
                deliveries::was_given(c, part)?;
                deliveries::forget_lost(c, part, events)
            }),
        ),
        (
            "an acknowledgement",
            Box::new(move |c| deliveries::acknowledge(c, key, 1, 50_000, now).map(|_| ())),
        ),
        (
            "messages started anew",
            Box::new(move |c| webhook_deliveries::restart_deliveries(c, hook)),
        ),
        (
            "old messages forgotten",
            Box::new(|c| {
                webhook_deliveries::forget_deliveries(c, Timestamp::from_millis(50)).map(|_| ())
            }),
        ),
        (
            "passing an embargo offset",
            Box::new(|c| {
                let now = Timestamp::from_millis(93_700_000);
                partners::release_offset(c, 3_600, (now, now), 50).map(|_| ())
            }),
        ),
        (
            "compaction",
            Box::new(|c| {
                let (old, _) = changes::superseded_entries(c, 0, Timestamp::from_millis(i64::MAX))?;
                changes::remove_entries(c, &old)?;
                changes::remove_entries(c, &[7])
            }),
        ),
    ]
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

/// Statements that walk a table in the order of its key until a page is full: their rows are in every part of it.
const WALKED: [(&str, &str); 2] = [
    ("audit", "ORDER BY audit.id DESC LIMIT 1"),
    ("audit", "audit.kind = "),
];

fn is_walked(name: &str, words: &str) -> bool {
    let words = words.replace(['`', '"'], "");
    let listed = |(of, part): &(&str, &str)| name.starts_with(of) && words.contains(part);
    words.contains("(1=0)") || WALKED.iter().any(listed)
}

fn is_large(table: &str) -> bool {
    LARGE.contains(&table)
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

/// Aliases of the statements that are written as text count as large tables: they have one letter.
fn sqlite_fault(plan: &[String]) -> Option<String> {
    let scanned = |line: &&String| {
        let table = line
            .strip_prefix("SCAN ")
            .and_then(|rest| rest.split(' ').next());
        table.is_some_and(|table| is_large(table) || ["a", "f", "i", "t", "s"].contains(&table))
    };
    plan.iter().find(scanned).cloned()
}

fn postgres_fault(plan: &[String]) -> Option<String> {
    let of_large = |line: &str, before: &str| {
        let named = line.split(before).nth(1);
        named.is_some_and(|rest| is_large(rest.split(' ').next().unwrap_or_default()))
    };
    for (n, line) in plan.iter().enumerate() {
        if of_large(line, "Seq Scan on ") {
            return Some(line.clone());
        }
        let by_index = line.contains("Index Scan") || line.contains("Index Only Scan");
        let bound = plan
            .get(n + 1)
            .is_some_and(|next| next.contains("Index Cond"));
        if by_index && of_large(line, " on ") && !bound {
            return Some(line.clone());
        }
    }
    None
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
