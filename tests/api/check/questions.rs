//! Every question of the check, each broken once.

use std::collections::BTreeSet;

use super::{break_rows, faults, publication};
use crate::consistency::{ask, assert_consistent};
use crate::database::Database;

/// Rows of the tables that no API fills at once.
const SELDOM: &str = "
    INSERT INTO quota_use (key_id, day, used) SELECT id, 1, 1 FROM api_keys WHERE role = 'partner';
    INSERT INTO retired_secrets (prefix, key_id, secret_hash, works_until) SELECT 'p', id, 'h', 0 FROM api_keys WHERE role = 'partner';
    INSERT INTO feed_tokens (id, key_id, name, prefix, secret_hash, created_at) SELECT 't', id, NULL, 'p', 'h', 0 FROM api_keys WHERE role = 'partner';
    INSERT INTO webhook_deliveries (id, webhook_id, lane, seq, event, at, status, attempts, tries, created_at, next_at, done_at)
        SELECT 'd', id, 'log', 1, 'article.published', 0, 'delivered', 1, 1, 0, 0, 0 FROM webhooks;
    INSERT INTO webhook_attempts (delivery_id, number, at, duration_ms) VALUES ('d', 1, 0, 0);
    INSERT INTO past_facets (article_id, facet_id, published_at) SELECT article_id, facet_id, 0 FROM article_facets
        WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-4');
    INSERT INTO fanouts (of_kind, of_value, places, translations, after_seq, cursor_at, cursor_id)
        VALUES ('facet', 'none', FALSE, FALSE, 0, 0, '');";

/// A statement that makes each question's answer wrong, but for those of references.
const BREAKS: [(&str, &str); 46] = [
    (
        "section-path",
        "UPDATE sections SET path = 'elsewhere' WHERE slug = 'asia'",
    ),
    (
        "section-parent",
        "UPDATE sections SET lang = 'xx' WHERE slug = 'asia'",
    ),
    (
        "section-trail",
        "UPDATE sections SET trail = '[]' WHERE slug = 'asia'",
    ),
    (
        "author-key",
        "UPDATE authors SET name_key = 'nobody' WHERE slug = 'ann-lee'",
    ),
    ("source-key", "UPDATE sources SET name_key = 'nobody'"),
    ("tag-key", "UPDATE tags SET name_key = 'nobody'"),
    (
        "rows-read",
        "UPDATE articles SET details = '{' WHERE slug = 'article-5'",
    ),
    (
        "revision-missing",
        "DELETE FROM revisions WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-6')",
    ),
    (
        "revision-gap",
        "UPDATE revisions SET version = 4 WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-7')",
    ),
    (
        "revision-content",
        "UPDATE articles SET title = 'Otherwise' WHERE slug = 'article-8'",
    ),
    (
        "log-version",
        "UPDATE changes SET version = 0 WHERE id = (SELECT id FROM articles WHERE slug = 'article-9')",
    ),
    (
        "log-visibility",
        "UPDATE changes SET op = 'delete' WHERE id = (SELECT id FROM articles WHERE slug = 'article-10')",
    ),
    (
        "public-status",
        "UPDATE articles SET status = 'draft' WHERE slug = 'article-11'",
    ),
    (
        "waits-for-nothing",
        "UPDATE articles SET public = FALSE WHERE slug = 'article-12'",
    ),
    (
        "withdrawal",
        "UPDATE articles SET status = 'withdrawn' WHERE slug = 'article-13'",
    ),
    (
        "body-missing",
        "DELETE FROM article_bodies WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-14')",
    ),
    (
        "place-missing",
        "DELETE FROM article_facets WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-15')",
    ),
    (
        "facet-set-missing",
        "DELETE FROM facet_sets WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-16')",
    ),
    (
        "never-shown",
        "UPDATE articles SET slug_shown = FALSE WHERE slug = 'article-17'",
    ),
    (
        "shown-by",
        "UPDATE articles SET public_since = 999999 WHERE slug = 'article-18'",
    ),
    (
        "notice-entry",
        "UPDATE articles SET noticed_at = NULL WHERE slug = 'article-3'",
    ),
    (
        "facets",
        "DELETE FROM article_facets WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-19') \
        AND facet_id = (SELECT id FROM facets WHERE kind = 'source' AND public)",
    ),
    (
        "words",
        "UPDATE articles SET word_count = 4711 WHERE slug = 'article-20'",
    ),
    (
        "addresses",
        "UPDATE articles SET url_key = 'example.org/x' WHERE slug = 'article-20'",
    ),
    (
        "media-shown",
        "UPDATE article_media SET article_id = (SELECT id FROM articles WHERE slug = 'article-24')",
    ),
    (
        "facet-count",
        "UPDATE facets SET articles = 4711 WHERE kind = 'lang'",
    ),
    (
        "facet-value",
        "UPDATE facets SET value = 'no-tag' WHERE kind = 'tag' AND public",
    ),
    (
        "place-side",
        "UPDATE articles SET public = FALSE WHERE slug = 'article-12'",
    ),
    (
        "facet-set",
        "UPDATE facet_sets SET facets = ' 1 ' WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-21')",
    ),
    (
        "facet-set-editions",
        "UPDATE facet_sets SET published = ' xx ' WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-22')",
    ),
    (
        "facet-set-dates",
        "UPDATE facet_sets SET updated_at = 1 WHERE article_id = (SELECT id FROM articles WHERE slug = 'article-23')",
    ),
    (
        "redirect-circle",
        "UPDATE articles SET slug = 'article-2' WHERE slug = 'article-two'",
    ),
    ("moved-target", "UPDATE moved SET target_id = 'none'"),
    ("moved-circle", "UPDATE tags SET slug = 'bridges'"),
    ("log-history", "UPDATE histories SET after_seq = 2"),
    ("log-order", "UPDATE changes SET at = 0 WHERE seq = 5"),
    (
        "log-article",
        "UPDATE changes SET id = 'none' WHERE kind = 'article' AND seq = (SELECT max(seq) FROM changes WHERE kind = 'article')",
    ),
    (
        "log-words",
        "UPDATE changes SET kind = 'thing' WHERE kind = 'author'",
    ),
    (
        "history-end",
        "INSERT INTO histories (after_seq, mark) VALUES (999999, 5)",
    ),
    (
        "history-mark",
        "INSERT INTO histories (after_seq, mark) VALUES (3, 5)",
    ),
    ("fan-out", ""),
    (
        "file-unused",
        "INSERT INTO media_files SELECT 'other', 'other', 'other', format, width, height, bytes, transparent, 'ready', renditions, \
        attempts, NULL, created_at FROM media_files",
    ),
    (
        "file-state",
        "INSERT INTO media_files SELECT 'pending', 'pending', 'pending', format, width, height, bytes, transparent, 'pending', renditions, \
        attempts, NULL, created_at FROM media_files WHERE id <> 'other'",
    ),
    ("delivery-version", "UPDATE deliveries SET version = 4711"),
    ("quota-use", "UPDATE quota_use SET used = -1"),
    (
        "webhook-progress",
        "UPDATE webhook_progress SET position = 999999",
    ),
];

/// The statement by which a reference of one row leads nowhere; its question is named by table and column.
fn break_reference(database: &Database, name: &str) -> String {
    let (table, column) = name.split_once('.').unwrap();
    let nowhere = match column {
        "facet_id" => "999998",
        _ => "'none'",
    };
    let broken = format!("{table} SET {column} = {nowhere}");
    match database {
        // Not every table has row ids. Rows that become alike become one.
        Database::Sqlite(_) => format!("UPDATE OR REPLACE {broken}"),
        Database::Postgres(_) => {
            format!("UPDATE {broken} WHERE ctid = (SELECT ctid FROM {table} LIMIT 1)")
        }
    }
}

api_test! {
    fn every_question_finds_what_is_wrong_and_nothing_else_is_wrong(server) {
        publication(server, 24);
        let mut database = Database::open(&server.database);
        break_rows(&mut database, "INSERT INTO media_sources (url, medium_id, fetched_at) SELECT 'https://a.example/' || id, id, 0 FROM media");
        assert_consistent(&server.database);
        break_rows(&mut database, SELDOM);
        assert_eq!(faults(&server.database), BTreeSet::from(["fan-out".to_owned()]));
        let all = ask(&server.database);
        let names: BTreeSet<&str> = all.all().iter().map(|answer| &*answer.name).collect();
        let broken: BTreeSet<&str> = BREAKS.iter().map(|(name, _)| *name).collect();
        let others: BTreeSet<&str> = names.difference(&broken).copied().collect();
        assert!(others.iter().all(|name| name.contains('.')), "a question without a break: {others:?}");
        for (name, statement) in BREAKS {
            assert!(names.contains(name), "{name} is never asked");
            break_rows(&mut database, statement);
        }
        let found = faults(&server.database);
        let missed: Vec<&str> = broken.iter().copied().filter(|name| !found.contains(*name)).collect();
        assert!(missed.is_empty(), "{missed:?} found nothing");
        for name in others {
            let statement = break_reference(&database, name);
            break_rows(&mut database, &statement);
            assert!(faults(&server.database).contains(name), "{name} found nothing");
        }
    }
}
