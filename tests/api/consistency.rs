//! What must hold in any database at any time, told by the database itself: rows, revisions, change entries and the index
//! agree.

use diesel::sql_types::BigInt;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

/// What must not be there, and a query that counts it.
const FAULTS: [(&str, &str); 23] = [
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
    (
        "an article whose tags and facets of tags differ",
        "SELECT count(*) AS n FROM articles a WHERE (SELECT count(*) FROM article_tags t WHERE t.article_id = a.id) <> \
         (SELECT count(*) FROM article_facets g JOIN facets f ON f.id = g.facet_id JOIN article_tags t \
         ON t.tag_id = f.value AND t.article_id = g.article_id WHERE g.article_id = a.id AND f.kind = 'tag')",
    ),
    (
        "an article in a facet of the other side of publication",
        "SELECT count(*) AS n FROM article_facets g JOIN facets f ON f.id = g.facet_id JOIN articles a ON a.id = g.article_id \
         WHERE f.public <> a.public",
    ),
    (
        "a change entry of no history",
        "SELECT count(*) AS n FROM changes c WHERE NOT EXISTS (SELECT 1 FROM histories h WHERE h.after_seq < c.seq)",
    ),
    (
        "a history that begins behind the log's end",
        "SELECT count(*) AS n FROM histories h WHERE h.after_seq > (SELECT COALESCE(max(seq), 0) FROM changes)",
    ),
    (
        "two histories with one mark",
        "SELECT count(*) - count(DISTINCT mark) AS n FROM histories",
    ),
    (
        "a public article that was never shown, or not under its slug",
        "SELECT count(*) AS n FROM articles a WHERE a.public AND (a.public_since IS NULL OR NOT a.slug_shown)",
    ),
    (
        "an article that was shown or corrected by an entry that is not there, or is of another article",
        "SELECT count(*) AS n FROM articles a WHERE a.public_since > (SELECT max(seq) FROM changes) \
         OR a.noticed_at > (SELECT max(seq) FROM changes) \
         OR EXISTS (SELECT 1 FROM changes c WHERE c.seq IN (a.public_since, a.noticed_at) AND c.id <> a.id)",
    ),
    (
        "an article with a notice that came with no entry",
        "SELECT count(*) AS n FROM articles a WHERE a.details LIKE '%\"notices\":[{%' AND a.noticed_at IS NULL",
    ),
    (
        "a medium of an article that its content does not name",
        "SELECT count(*) AS n FROM article_media m JOIN articles a ON a.id = m.article_id \
         WHERE a.details NOT LIKE '%\"id\":\"' || m.medium_id || '\"%'",
    ),
    (
        "a medium that an article names and is not noted to show",
        "SELECT count(*) AS n FROM media m JOIN articles a ON a.details LIKE '%\"media\":[{%\"id\":\"' || m.id || '\"%' \
         WHERE NOT EXISTS (SELECT 1 FROM article_media u WHERE u.article_id = a.id AND u.medium_id = m.id)",
    ),
    (
        "a stored file that no medium has and nobody will remove",
        "SELECT count(*) AS n FROM media_files f WHERE NOT EXISTS (SELECT 1 FROM media m WHERE m.file_id = f.id) \
         AND NOT EXISTS (SELECT 1 FROM media_garbage g WHERE g.file_id = f.id) AND f.due_at IS NULL",
    ),
    (
        "a redirect to an article from its own slug, or to none",
        "SELECT count(*) AS n FROM redirects r LEFT JOIN articles a ON a.id = r.article_id \
         WHERE a.id IS NULL OR (a.slug = r.slug AND a.lang = r.lang)",
    ),
    (
        "a delivery that is ahead of the log",
        "SELECT count(*) AS n FROM deliveries d WHERE d.version > (SELECT a.version FROM articles a WHERE a.id = d.article_id)",
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
