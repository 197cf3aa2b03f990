//! The articles, and the sections, authors, sources and tags that they name.

use super::super::table::{Table, question, text, to};

/// Sections.
pub static SECTIONS: Table = text(
    "sections",
    "id",
    &[
        question(
            "section-path",
            "a section's path is not that of its parent with its own slug",
            "t.path <> COALESCE((SELECT p.path || '/' FROM sections p WHERE p.id = t.parent_id), '') || t.slug",
        ),
        question(
            "section-parent",
            "a section's parent is in another edition",
            "t.lang <> COALESCE((SELECT p.lang FROM sections p WHERE p.id = t.parent_id), t.lang)",
        ),
    ],
    &[
        to("lang", "editions", "lang"),
        to("parent_id", "sections", "id"),
    ],
);

/// Authors.
pub static AUTHORS: Table = text("authors", "id", &[], &[]);
/// Sources.
pub static SOURCES: Table = text("sources", "id", &[], &[]);
/// Tags.
pub static TAGS: Table = text("tags", "id", &[], &[]);

/// Articles.
pub static ARTICLES: Table = text(
    "articles",
    "id",
    &[
        question(
            "revision-missing",
            "an article has no revision of its version",
            "NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article_id = t.id AND r.version = t.version)",
        ),
        question(
            "revision-gap",
            "an article's revisions have a gap, or go on behind its version",
            "(SELECT count(*) FROM revisions r WHERE r.article_id = t.id) <> t.version",
        ),
        question(
            "log-version",
            "the change log's last entry of an article has another version",
            "t.version <> COALESCE((SELECT c.version FROM changes c WHERE c.id = t.id AND c.kind = 'article' \
             ORDER BY c.seq DESC LIMIT 1), -1)",
        ),
        question(
            "log-visibility",
            "the change log's last public entry of an article tells wrongly whether it is public",
            "t.public <> COALESCE((SELECT c.op = 'upsert' FROM changes c WHERE c.id = t.id AND c.kind = 'article' AND c.public \
             ORDER BY c.seq DESC LIMIT 1), FALSE)",
        ),
        question(
            "public-status",
            "an article is public without being published",
            "t.public AND t.status <> 'published'",
        ),
        question(
            "waits-for-nothing",
            "an article is published and hidden without an embargo, or scheduled without a time: it never appears",
            "(t.status = 'published' AND NOT t.public AND t.embargo_until IS NULL) \
             OR (t.status = 'scheduled' AND t.publish_at IS NULL)",
        ),
        question(
            "withdrawal",
            "an article is withdrawn without a tombstone",
            "t.status = 'withdrawn' AND t.withdrawn IS NULL",
        ),
        question(
            "body-missing",
            "an article has no body",
            "NOT EXISTS (SELECT 1 FROM article_bodies b WHERE b.article_id = t.id)",
        ),
        question(
            "place-missing",
            "no list holds an article",
            "NOT EXISTS (SELECT 1 FROM article_facets g WHERE g.article_id = t.id)",
        ),
        question(
            "facet-set-missing",
            "an article has no facet set, or one of another work or edition",
            "NOT EXISTS (SELECT 1 FROM facet_sets s WHERE s.article_id = t.id AND s.work_id = t.work_id AND s.lang = t.lang)",
        ),
        question(
            "never-shown",
            "a public article counts as never shown, or as not shown under its slug",
            "t.public AND (t.public_since IS NULL OR NOT t.slug_shown)",
        ),
        question(
            "shown-by",
            "an article was shown or corrected by an entry of the change log that does not exist, or is of another article",
            "t.public_since > (SELECT max(seq) FROM changes) OR t.noticed_at > (SELECT max(seq) FROM changes) \
             OR EXISTS (SELECT 1 FROM changes c WHERE c.seq IN (t.public_since, t.noticed_at) AND c.id <> t.id)",
        ),
        question(
            "notice-entry",
            "an article has a notice that no entry of the change log brought",
            "t.details LIKE '%\"notices\":[{%' AND t.noticed_at IS NULL",
        ),
    ],
    &[
        to("work_id", "works", "id"),
        to("lang", "editions", "lang"),
        to("section_id", "sections", "id"),
        to("source_id", "sources", "id"),
    ],
);

pub(super) static ARTICLE_BODIES: Table = text(
    "article_bodies",
    "article_id",
    &[],
    &[to("article_id", "articles", "id")],
);

pub(super) static ARTICLE_PEOPLE: Table = text(
    "article_people",
    "article_id",
    &[],
    &[
        to("article_id", "articles", "id"),
        to("author_id", "authors", "id"),
    ],
);

pub(super) static ARTICLE_TAGS: Table = text(
    "article_tags",
    "article_id",
    &[],
    &[
        to("article_id", "articles", "id"),
        to("tag_id", "tags", "id"),
    ],
);

pub(super) static REVISIONS: Table = text(
    "revisions",
    "article_id",
    &[],
    &[to("article_id", "articles", "id")],
);
