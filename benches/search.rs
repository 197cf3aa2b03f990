//! Quality and speed of search on real articles: several hundred queries of each kind, made from the articles
//! themselves, and how often the article that they were made from comes first.
//!
//! `cargo bench --bench search` imports the articles of the folder `shared/corpus` beside the checkout (or of `MASTHEAD_SHARED`)
//! into an SQLite database, makes the index, asks, and prints mean reciprocal rank and recall at ten beside what is wanted, and
//! beside what plain BM25 reaches with the same queries where words stand between blanks: the bars were set on other articles.
//! A number takes so many queries of each kind instead of 300.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

#[path = "search/articles.rs"]
mod articles;
#[path = "search/plain.rs"]
mod plain;
#[path = "search/queries.rs"]
mod queries;
#[path = "search/spellings.rs"]
mod spellings;
#[path = "search/topics.rs"]
mod topics;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use masthead::domain::access::Scope;
use masthead::domain::id::Id;
use masthead::domain::language::LanguageTag;
use masthead::domain::query::{ArticleQuery, PageRequest};
use masthead::domain::search::Document;
use masthead::search::index::Reading;
use masthead::search::parse::parse;
use masthead::search::{Order, Place};
use masthead::store::listing::{search_filter, search_sight};
use masthead::store::{Store, StoreError, search};
use masthead::worker::search::Indexer;

use articles::{Judges, prepare};
use plain::Plain;
use queries::{KINDS, Query, make};
use support::{begin, corpus, head, row};
use topics::{JUDGED, Topic, topics};

fn main() {
    let asked = std::env::args().find_map(|word| word.parse().ok());
    let count = asked.unwrap_or(300);
    begin("Search on real articles");
    let Some(corpus) = corpus() else { return };
    let folder = tempfile::tempdir().unwrap();
    let kept = std::env::var_os("SEARCH_BENCH_DATABASE").map(PathBuf::from);
    let database = kept.unwrap_or_else(|| folder.path().join("search.db"));
    let url = format!("sqlite://{}", database.display());
    let records = folder.path().join("corpus.ndjson");
    let judges = prepare(&corpus, &records);
    if !database.exists() {
        import(&url, &records);
    }
    let store = Store::open(&url).unwrap();
    let place = folder.path().join("index");
    let indexer = Indexer::open(&Place::Folder(place.clone()));
    let began = Instant::now();
    let articles = indexer.make_anew(&store).unwrap();
    let took = began.elapsed();
    let documents = documents(&store);
    let texts = documents
        .iter()
        .map(|one| one.title.len() + one.lead.len() + one.body.len());
    println!(
        "\n{articles} articles, {:.1} MB of text; index of {:.1} MB in {:.1?}; resident memory {} MB",
        texts.sum::<usize>() as f64 / 1e6,
        size(&place) as f64 / 1e6,
        took,
        resident()
    );
    let reading = indexer.reading().unwrap();
    judge(&store, &reading, &documents, count);
    suggest(&store, &reading, &documents, count);
    judge_topics(&store, &reading, &documents, &judges);
    speed(&store, &reading, &documents);
}

fn import(url: &str, records: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_masthead"))
        .args([
            "--database-url",
            url,
            "--log",
            "error",
            "import",
            "--format",
            "ndjson",
        ])
        .arg(records)
        .stderr(Stdio::inherit())
        .status()
        .unwrap();
    println!("\nimport ended with {done}");
}

fn documents(store: &Store) -> Vec<Document> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let part = store.read(|c| {
            let ids = search::public_ids_after(c, &after, 500)?;
            Ok::<_, StoreError>((search::documents(c, &ids)?, ids))
        });
        let (documents, ids) = part.unwrap();
        let Some(last) = ids.last() else { return all };
        after = last.to_string();
        all.extend(documents);
    }
}

fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let each = entries.map(|entry| match entry.path().is_dir() {
        true => size(&entry.path()),
        false => entry.metadata().map_or(0, |data| data.len()),
    });
    each.sum()
}

/// Resident memory of this process in megabytes, where the system tells.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}

/// The best, as `/api/search` finds them.
fn ask(store: &Store, reading: &Reading, typed: &str, lang: &str) -> (Vec<Id>, u64) {
    ask_for(store, reading, typed, lang, 10)
}

fn ask_for(
    store: &Store,
    reading: &Reading,
    typed: &str,
    lang: &str,
    limit: u32,
) -> (Vec<Id>, u64) {
    let query = ArticleQuery {
        langs: vec![LanguageTag::parse(lang).unwrap()],
        ..ArticleQuery::default()
    };
    let filter = store.read(|c| {
        let seq = reading.stamp().seq;
        let sight = search_sight(c, &Scope::Public, seq, seq)?;
        search_filter(c, &sight, &query)
    });
    let filter = filter.unwrap();
    let read = reading.read(&parse(typed), &filter.sight).unwrap();
    let page = PageRequest {
        limit,
        ..PageRequest::default()
    };
    let found = reading
        .page(&read, &filter, Order::Relevance, &page)
        .unwrap();
    (
        found.hits.into_iter().map(|hit| hit.id).collect(),
        found.total,
    )
}

fn judge(store: &Store, reading: &Reading, documents: &[Document], count: usize) {
    let only = |typed: &str, lang: &str| ask(store, reading, &format!("\"{typed}\""), lang).1 == 1;
    let plain = ["en", "fr"].map(|lang| (lang, Plain::of(documents, lang)));
    head(&[
        "kind",
        "queries",
        "MRR@10",
        "recall@10",
        "wanted",
        "plain BM25",
        "mean",
    ]);
    let show_misses = std::env::var("SEARCH_BENCH_MISSES").ok();
    for kind in KINDS.iter().filter(|kind| kind.name != "suggest") {
        let made = make(kind, documents, count, &only);
        let (mut own, mut time) = (Known::default(), Duration::ZERO);
        let plain = plain.iter().find(|(lang, _)| *lang == kind.lang);
        let plain = plain.map(|(_, plain)| {
            let mut known = Known::default();
            for Query { typed, expected } in &made {
                let hits = plain.best(typed, 10);
                known.count(hits.iter().position(|hit| hit == expected));
            }
            known
        });
        for Query { typed, expected } in &made {
            let began = Instant::now();
            let (hits, total) = ask(store, reading, typed, kind.lang);
            time += began.elapsed();
            let rank = hits.iter().position(|hit| hit == expected);
            own.count(rank);
            if rank != Some(0) && show_misses.as_deref() == Some(kind.name) {
                let title = &documents
                    .iter()
                    .find(|one| one.id == *expected)
                    .unwrap()
                    .title;
                println!("  {rank:?} of {total}: {typed}   <{title}>");
            }
        }
        let all = made.len().max(1);
        row([
            format!("{} {}", kind.lang, kind.name),
            made.len().to_string(),
            format!("{:.3}", own.reciprocal / all as f64),
            format!("{:.3}", own.recalled / all as f64),
            format!("{:.2} / {:.2}", kind.wanted.0, kind.wanted.1),
            plain.map_or_else(String::new, |known| {
                let figures = (known.reciprocal / all as f64, known.recalled / all as f64);
                format!("{:.3} / {:.3}", figures.0, figures.1)
            }),
            format!("{:.2?}", time / u32::try_from(all).unwrap()),
        ]);
    }
}

/// Sums over queries for a known article.
#[derive(Default)]
struct Known {
    reciprocal: f64,
    recalled: f64,
}

impl Known {
    /// Counts a query whose article has this rank, from 0, among the first ten.
    fn count(&mut self, rank: Option<usize>) {
        self.reciprocal += rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
        self.recalled += f64::from(u8::from(rank.is_some()));
    }
}

fn suggest(store: &Store, reading: &Reading, documents: &[Document], count: usize) {
    head(&["suggest", "queries", "offered in ten", "wanted", "mean"]);
    for kind in KINDS.iter().filter(|kind| kind.name == "suggest") {
        let made = make(kind, documents, count, &|_, _| true);
        let (mut offered, mut time) = (0, Duration::ZERO);
        let query = ArticleQuery {
            langs: vec![LanguageTag::parse(kind.lang).unwrap()],
            ..ArticleQuery::default()
        };
        for Query { typed, expected } in &made {
            let filter = store.read(|c| {
                let seq = reading.stamp().seq;
                let sight = search_sight(c, &Scope::Public, seq, seq)?;
                search_filter(c, &sight, &query)
            });
            let began = Instant::now();
            let found = reading.titles(typed, &filter.unwrap(), 10).unwrap();
            time += began.elapsed();
            let title = |id: &Id| &documents.iter().find(|one| one.id == *id).unwrap().title;
            offered += usize::from(found.iter().any(|id| title(id) == title(expected)));
        }
        row([
            kind.lang.to_owned(),
            made.len().to_string(),
            format!("{:.3}", offered as f64 / made.len().max(1) as f64),
            format!("{:.2}", kind.wanted.0),
            format!("{:.2?}", time / u32::try_from(made.len().max(1)).unwrap()),
        ]);
    }
}

/// Precision and recall: the share of the topic in the first twenty hits, and of its articles among them.
fn judge_topics(store: &Store, reading: &Reading, documents: &[Document], judges: &Judges) {
    head(&[
        "kind",
        "topics",
        "precision@20",
        "recall@20",
        "wanted",
        "plain BM25",
    ]);
    let limit = u32::try_from(JUDGED).unwrap();
    for kind in topics(judges) {
        let plain = (kind.lang != "zh").then(|| Plain::of(documents, kind.lang));
        let (mut own, mut of_plain) = ((0.0, 0.0), (0.0, 0.0));
        for topic in &kind.all {
            let met: Vec<Id> = documents
                .iter()
                .filter(|one| one.lang.as_str() == kind.lang && topic.is_met(one, judges))
                .map(|one| one.id)
                .collect();
            let (hits, _) = ask_for(store, reading, &topic.typed, kind.lang, limit);
            let figures = shares(topic, &hits, &met);
            own = (own.0 + figures.0, own.1 + figures.1);
            if let Some(plain) = &plain {
                let figures = shares(topic, &plain.best(&topic.typed, JUDGED), &met);
                of_plain = (of_plain.0 + figures.0, of_plain.1 + figures.1);
            }
        }
        let all = kind.all.len().max(1) as f64;
        row([
            format!("{} {}", kind.lang, kind.name),
            kind.all.len().to_string(),
            format!("{:.3}", own.0 / all),
            format!("{:.3}", own.1 / all),
            format!("{:.2} / {:.2}", kind.wanted.0, kind.wanted.1),
            plain.map_or_else(String::new, |_| {
                format!("{:.3} / {:.3}", of_plain.0 / all, of_plain.1 / all)
            }),
        ]);
    }
}

/// The precision of some hits, and their recall.
fn shares(topic: &Topic, hits: &[Id], met: &[Id]) -> (f64, f64) {
    let right = hits.iter().filter(|id| met.contains(id)).count() as f64;
    // A topic by its tag is judged by all hits, any other by no more hits than there are articles that meet it.
    let judged = if topic.is_tagged() {
        hits.len()
    } else {
        hits.len().min(met.len())
    };
    let first = hits.iter().take(judged);
    let own = first.filter(|id| met.contains(id)).count() as f64;
    let recall = right / met.len().clamp(1, JUDGED) as f64;
    (own / judged.max(1) as f64, recall)
}

/// Costs of two words of titles, by the number of articles found.
fn speed(store: &Store, reading: &Reading, documents: &[Document]) {
    let kind = KINDS.iter().find(|kind| kind.name == "two words").unwrap();
    let made = make(kind, documents, 500, &|_, _| true);
    let mut times: Vec<(Duration, u64)> = made
        .iter()
        .map(|query| {
            let began = Instant::now();
            let (_, total) = ask(store, reading, &query.typed, kind.lang);
            (began.elapsed(), total)
        })
        .collect();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    head(&["two words", "median", "p90", "p99"]);
    let show = |(time, total): (Duration, u64)| format!("{time:.2?} ({total} hits)");
    row([
        kind.lang.to_owned(),
        show(at(50)),
        show(at(90)),
        show(at(99)),
    ]);
}
