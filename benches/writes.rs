//! The cost of a single write over the disk's own sync: new articles through the service's commit path, beside bare
//! transactions that put as many bytes into the write-ahead log, on SQLite with `synchronous=FULL`.
//!
//! Rounds of both alternate, so that whatever else the machine does falls on both.

#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[expect(dead_code, reason = "each bench uses a part of it")]
mod support;

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use masthead::domain::access::{Grant, Limits, Role};
use masthead::domain::body::Body;
use masthead::domain::edition::EditionContent;
use masthead::domain::id::Id;
use masthead::domain::input::{ArticleInput, Given};
use masthead::domain::language::LanguageTag;
use masthead::domain::partner::Contract;
use masthead::domain::permission::Cell;
use masthead::domain::source::Rights;
use masthead::domain::time::Clock;
use masthead::service::editing::{self, Editor};
use masthead::service::{self, Actor, ServiceError};
use masthead::store::Store;
use support::{begin, head, median, row, timed};

const ROUNDS: usize = 5;
const WRITES: u32 = 100;

fn main() {
    begin("Single writes");
    let folder = tempfile::tempdir().unwrap();
    let ours = Ours::open(&folder.path().join("ours.db"));
    let log = folder.path().join("ours.db-wal");
    let before = written(&log);
    (0..20).for_each(|n| ours.write(n));
    let bytes = (written(&log) - before) / 20;
    let mut bare = bare(&folder.path().join("bare.db"));
    let (mut own, mut least, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let ((), ours_took) = timed(|| (0..WRITES).for_each(|n| ours.write(n)));
        let ((), bare_took) = timed(|| (0..WRITES).for_each(|_| put(&mut bare, bytes)));
        let each = |took: std::time::Duration| took.as_secs_f64() * 1e3 / f64::from(WRITES);
        own.push(each(ours_took));
        least.push(each(bare_took));
        ratios.push(each(ours_took) / each(bare_took));
    }
    head(&["what", "ms a write", "bytes of the log"]);
    row([
        "a new article with its revision, change entry and places in the index".to_owned(),
        format!("{:.2}", median(own)),
        bytes.to_string(),
    ]);
    row([
        "a bare transaction of as many bytes".to_owned(),
        format!("{:.2}", median(least)),
        bytes.to_string(),
    ]);
    println!("\nratio: {:.2}", median(ratios));
}

fn written(log: &Path) -> u64 {
    std::fs::metadata(log).map_or(0, |log| log.len())
}

struct Ours {
    store: Store,
    grant: Grant,
}

impl Ours {
    fn open(path: &Path) -> Self {
        let store = Store::open(&format!("sqlite://{}", path.display())).unwrap();
        let lang = LanguageTag::parse("en").unwrap();
        service::commit(&store, &Clock::System, Actor::Operator, |tx| {
            service::editions::save_edition(tx, EditionContent::of_language(lang))
        })
        .unwrap();
        let grant = Grant {
            key: Id::new(Clock::System.now()),
            name: "bench".to_owned(),
            role: Role::Editor,
            limits: Limits::default(),
            contract: Contract::default(),
        };
        Self { store, grant }
    }

    fn write(&self, n: u32) {
        let editor = Editor {
            grant: &self.grant,
            cell: Cell::Yes,
        };
        let input = article(n);
        let done: Result<Id, ServiceError> =
            service::commit(&self.store, &Clock::System, Actor::Operator, |tx| {
                editing::create(tx, editor, input)
            });
        done.unwrap();
    }
}

fn article(n: u32) -> ArticleInput {
    let text = "The ferry carries cars, schoolchildren and bread. ".repeat(40);
    ArticleInput {
        lang: LanguageTag::parse("en").unwrap(),
        title: format!("The ferry at twenty to seven, {n}"),
        slug: None,
        subtitle: None,
        summary: Some("What a ferry carries.".to_owned()),
        body: Body::from_text(&text).unwrap(),
        warnings: Vec::new(),
        section: None,
        authors: Vec::new(),
        editors: Vec::new(),
        translators: Vec::new(),
        credits: Vec::new(),
        source: None,
        tags: vec!["Ferries".to_owned(), "Islands".to_owned()],
        translation_of: Given::Absent,
        rights: Rights::default(),
        notices: None,
        media: None,
        canonical_url: None,
        status: None,
        publish_at: masthead::domain::input::Given::Absent,
        published_at: Given::Absent,
        embargo_until: Given::Absent,
        dateline: None,
        byline_raw: None,
        original: None,
    }
}

/// A database of one table, with the same settings as the service's.
fn bare(path: &Path) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    conn.batch_execute(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = full; CREATE TABLE bytes (b BLOB NOT NULL);",
    )
    .unwrap();
    conn
}

fn put(conn: &mut SqliteConnection, bytes: u64) {
    sql_query(format!("INSERT INTO bytes (b) VALUES (zeroblob({bytes}))"))
        .execute(conn)
        .unwrap();
}
