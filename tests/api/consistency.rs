//! What must hold in any database at any time, told by the database itself: rows, revisions, change entries and the index
//! agree.

use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

/// What must not be there, and a query that counts it.
const FAULTS: [(&str, &str); 10] = [
    (
        "an article without the revision of its version",
        "SELECT count(*) AS n FROM articles a WHERE NOT EXISTS \
         (SELECT 1 FROM revisions r WHERE r.article_id = a.id AND r.version = a.version)",
    ),
    (
        "a gap among an article's revisions",
        "SELECT count(*) AS n FROM (SELECT article_id, count(*) AS c, max(version) AS m FROM revisions GROUP BY article_id) r \
         WHERE r.c <> r.m",
    ),
    (
        "an article whose version is not the change log's last",
        "SELECT count(*) AS n FROM articles a WHERE a.version <> COALESCE((SELECT c.version FROM changes c \
         WHERE c.id = a.id AND c.kind = 'article' ORDER BY c.seq DESC LIMIT 1), -1)",
    ),
    (
        "a facet that counts wrongly",
        "SELECT count(*) AS n FROM facets f WHERE f.articles <> (SELECT count(*) FROM article_facets g WHERE g.facet_id = f.id)",
    ),
    (
        "an article without its facet set, or one of another work or edition",
        "SELECT count(*) AS n FROM articles a WHERE NOT EXISTS (SELECT 1 FROM facet_sets s \
         WHERE s.article_id = a.id AND s.work_id = a.work_id AND s.lang = a.lang)",
    ),
    (
        "a facet set that lacks a facet or has one more",
        "SELECT count(*) AS n FROM facet_sets s WHERE length(s.facets) <> (SELECT 1 + sum(1 + length(CAST(g.facet_id AS TEXT))) \
         FROM article_facets g WHERE g.article_id = s.article_id AND s.facets LIKE '% ' || CAST(g.facet_id AS TEXT) || ' %')",
    ),
    (
        "a facet set that tells wrongly in which editions its work is public",
        "SELECT count(*) AS n FROM facet_sets s WHERE length(s.published) <> (SELECT 1 + COALESCE(sum(1 + length(a.lang)), 0) \
         FROM articles a WHERE a.work_id = s.work_id AND a.public AND s.published LIKE '% ' || a.lang || ' %')",
    ),
    (
        "an article without a body",
        "SELECT count(*) AS n FROM articles a WHERE NOT EXISTS (SELECT 1 FROM article_bodies b WHERE b.article_id = a.id)",
    ),
    (
        "an article that no list holds",
        "SELECT count(*) AS n FROM articles a WHERE NOT EXISTS (SELECT 1 FROM article_facets g WHERE g.article_id = a.id)",
    ),
    (
        "a place in a list without its article",
        "SELECT count(*) AS n FROM article_facets g WHERE NOT EXISTS (SELECT 1 FROM articles a WHERE a.id = g.article_id)",
    ),
];

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn count(url: &str, sql: &str) -> i64 {
    let rows: Vec<Count> = match url.strip_prefix("sqlite://") {
        Some(path) => {
            let mut conn = SqliteConnection::establish(path).unwrap();
            sql_query("PRAGMA busy_timeout = 10000")
                .execute(&mut conn)
                .unwrap();
            sql_query(sql).load(&mut conn).unwrap()
        }
        None => sql_query(sql)
            .load(&mut PgConnection::establish(url).unwrap())
            .unwrap(),
    };
    rows[0].n
}

/// Checks a database that nobody is writing to.
pub(crate) fn assert_consistent(url: &str) {
    for (fault, sql) in FAULTS {
        assert_eq!(count(url, sql), 0, "{fault}");
    }
}
