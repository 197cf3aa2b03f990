//! The tables and the questions about their rows. The SQL is understood by both databases.

use super::table::{KeyIs, Question, Reference, Table};

const fn text(
    name: &'static str,
    key: &'static str,
    questions: &'static [Question],
    references: &'static [Reference],
) -> Table {
    Table {
        name,
        key,
        key_is: KeyIs::Text,
        questions,
        references,
    }
}

const fn numbered(
    name: &'static str,
    key: &'static str,
    questions: &'static [Question],
    references: &'static [Reference],
) -> Table {
    Table {
        name,
        key,
        key_is: KeyIs::Number,
        questions,
        references,
    }
}

const fn question(name: &'static str, fault: &'static str, wrong: &'static str) -> Question {
    Question {
        name,
        fault,
        shown: "",
        wrong,
    }
}

const fn shown(
    name: &'static str,
    fault: &'static str,
    shown: &'static str,
    wrong: &'static str,
) -> Question {
    Question {
        name,
        fault,
        shown,
        wrong,
    }
}

const fn to(column: &'static str, table: &'static str, key: &'static str) -> Reference {
    Reference { column, table, key }
}

/// Every table that is asked about.
pub static TABLES: [&Table; 30] = [
    &SECTIONS,
    &AUTHORS,
    &SOURCES,
    &TAGS,
    &ARTICLES,
    &ARTICLE_BODIES,
    &ARTICLE_PEOPLE,
    &ARTICLE_TAGS,
    &REVISIONS,
    &FACETS,
    &ARTICLE_PLACES,
    &FACET_SETS,
    &PAST_FACETS,
    &REDIRECTS,
    &MOVED,
    &CHANGES,
    &HISTORIES,
    &FANOUTS,
    &MEDIA,
    &MEDIA_FILES,
    &MEDIA_SOURCES,
    &ARTICLE_MEDIA,
    &DELIVERIES,
    &QUOTA_USE,
    &FEED_TOKENS,
    &RETIRED_SECRETS,
    &WEBHOOKS,
    &WEBHOOK_PROGRESS,
    &WEBHOOK_DELIVERIES,
    &WEBHOOK_ATTEMPTS,
];

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

static ARTICLE_BODIES: Table = text(
    "article_bodies",
    "article_id",
    &[],
    &[to("article_id", "articles", "id")],
);

static ARTICLE_PEOPLE: Table = text(
    "article_people",
    "article_id",
    &[],
    &[
        to("article_id", "articles", "id"),
        to("author_id", "authors", "id"),
    ],
);

static ARTICLE_TAGS: Table = text(
    "article_tags",
    "article_id",
    &[],
    &[
        to("article_id", "articles", "id"),
        to("tag_id", "tags", "id"),
    ],
);

static REVISIONS: Table = text(
    "revisions",
    "article_id",
    &[],
    &[to("article_id", "articles", "id")],
);

/// A facet's count of articles.
pub const FACET_COUNT: Question = shown(
    "facet-count",
    "a facet counts other than the articles that it holds",
    "t.id",
    "t.articles <> (SELECT count(*) FROM article_facets g WHERE g.facet_id = t.id)",
);

/// Facets, by which articles are listed and counted.
pub static FACETS: Table = numbered(
    "facets",
    "id",
    &[
        FACET_COUNT,
        shown(
            "facet-value",
            "a facet that holds articles is of an unknown kind, or of a thing that does not exist",
            "CAST(t.id AS TEXT) || ': ' || t.kind || ' ' || t.value",
            "t.articles > 0 AND NOT CASE t.kind WHEN 'all' THEN t.value = '' \
             WHEN 'lang' THEN EXISTS (SELECT 1 FROM editions x WHERE x.lang = t.value) \
             WHEN 'section' THEN EXISTS (SELECT 1 FROM sections x WHERE x.id = t.value) \
             WHEN 'author' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.value) \
             WHEN 'editor' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.value) \
             WHEN 'translator' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.value) \
             WHEN 'source' THEN EXISTS (SELECT 1 FROM sources x WHERE x.id = t.value) \
             WHEN 'tag' THEN EXISTS (SELECT 1 FROM tags x WHERE x.id = t.value) ELSE FALSE END",
        ),
    ],
    &[],
);

/// The places of articles in lists.
pub static ARTICLE_PLACES: Table = text(
    "article_facets",
    "article_id",
    &[shown(
        "place-side",
        "an article is in a facet of the other side of publication",
        "t.article_id || ': ' || CAST(t.facet_id AS TEXT)",
        "(SELECT f.public FROM facets f WHERE f.id = t.facet_id) <> (SELECT a.public FROM articles a WHERE a.id = t.article_id)",
    )],
    &[
        to("article_id", "articles", "id"),
        to("facet_id", "facets", "id"),
    ],
);

/// The facets in an article's facet set.
pub const FACET_SET: Question = question(
    "facet-set",
    "a facet set lacks a facet of its article, or has one more",
    "length(t.facets) <> (SELECT 1 + COALESCE(sum(1 + length(CAST(g.facet_id AS TEXT))), 0) \
     FROM article_facets g WHERE g.article_id = t.article_id AND t.facets LIKE '% ' || CAST(g.facet_id AS TEXT) || ' %') \
     OR (SELECT count(*) FROM article_facets g WHERE g.article_id = t.article_id) <> length(t.facets) - length(replace(t.facets, ' ', '')) - 1",
);

/// The editions in an article's facet set.
pub const FACET_SET_EDITIONS: Question = question(
    "facet-set-editions",
    "a facet set tells wrongly in which editions its work is public",
    "length(t.published) <> (SELECT 1 + COALESCE(sum(1 + length(a.lang)), 0) \
     FROM articles a WHERE a.work_id = t.work_id AND a.public AND t.published LIKE '% ' || a.lang || ' %') \
     OR EXISTS (SELECT 1 FROM articles a WHERE a.work_id = t.work_id AND a.public AND t.published NOT LIKE '% ' || a.lang || ' %')",
);

/// The facets of each article in one row.
pub static FACET_SETS: Table = text(
    "facet_sets",
    "article_id",
    &[FACET_SET, FACET_SET_EDITIONS],
    &[to("article_id", "articles", "id")],
);

static PAST_FACETS: Table = text(
    "past_facets",
    "article_id",
    &[],
    &[
        to("article_id", "articles", "id"),
        to("facet_id", "facets", "id"),
    ],
);

static REDIRECTS: Table = text(
    "redirects",
    "slug",
    &[shown(
        "redirect-circle",
        "a redirect leads to an article that has its slug",
        "t.lang || ' ' || t.slug",
        "EXISTS (SELECT 1 FROM articles a WHERE a.id = t.article_id AND a.slug = t.slug AND a.lang = t.lang)",
    )],
    &[to("article_id", "articles", "id")],
);

static MOVED: Table = text(
    "moved",
    "slug",
    &[
        shown(
            "moved-target",
            "an old address of a section, author, source or tag leads to none",
            "t.kind || ' ' || t.lang || ' ' || t.slug",
            "NOT CASE t.kind WHEN 'section' THEN EXISTS (SELECT 1 FROM sections x WHERE x.id = t.target_id) \
             WHEN 'author' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.target_id) \
             WHEN 'author_name' THEN EXISTS (SELECT 1 FROM authors x WHERE x.id = t.target_id) \
             WHEN 'source' THEN EXISTS (SELECT 1 FROM sources x WHERE x.id = t.target_id) \
             WHEN 'tag' THEN EXISTS (SELECT 1 FROM tags x WHERE x.id = t.target_id) ELSE FALSE END",
        ),
        shown(
            "moved-circle",
            "an old address of a section, author, source or tag is a present one too",
            "t.kind || ' ' || t.lang || ' ' || t.slug",
            "CASE t.kind WHEN 'section' THEN EXISTS (SELECT 1 FROM sections x WHERE x.path = t.slug AND x.lang = t.lang) \
             WHEN 'author' THEN EXISTS (SELECT 1 FROM authors x WHERE x.slug = t.slug) \
             WHEN 'source' THEN EXISTS (SELECT 1 FROM sources x WHERE x.slug = t.slug) \
             WHEN 'tag' THEN EXISTS (SELECT 1 FROM tags x WHERE x.slug = t.slug) ELSE FALSE END",
        ),
    ],
    &[],
);

static CHANGES: Table = numbered(
    "changes",
    "seq",
    &[
        question(
            "log-history",
            "an entry of the change log belongs to no history",
            "NOT EXISTS (SELECT 1 FROM histories h WHERE h.after_seq < t.seq)",
        ),
        question(
            "log-order",
            "an entry of the change log is earlier than the one before it",
            "t.at < (SELECT p.at FROM changes p WHERE p.seq < t.seq ORDER BY p.seq DESC LIMIT 1)",
        ),
        shown(
            "log-article",
            "an entry of the change log is of an article that does not exist, or of a version that is still to come",
            "CAST(t.seq AS TEXT) || ': ' || t.id",
            "t.kind = 'article' AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.id = t.id AND a.version >= t.version)",
        ),
        shown(
            "log-words",
            "an entry of the change log is of an unknown kind, or says what no reader knows",
            "CAST(t.seq AS TEXT) || ': ' || t.kind || ' ' || t.op",
            "t.op NOT IN ('upsert', 'delete') OR t.seq < 1 OR t.kind NOT IN \
             ('edition', 'section', 'author', 'source', 'tag', 'article', 'redirect', 'medium', 'rights')",
        ),
    ],
    &[],
);

static HISTORIES: Table = numbered(
    "histories",
    "after_seq",
    &[
        question(
            "history-end",
            "a history begins behind the change log's end",
            "t.after_seq > (SELECT COALESCE(max(seq), 0) FROM changes)",
        ),
        question(
            "history-mark",
            "two histories have one mark",
            "EXISTS (SELECT 1 FROM histories h WHERE h.mark = t.mark AND h.after_seq <> t.after_seq)",
        ),
    ],
    &[],
);

static FANOUTS: Table = text(
    "fanouts",
    "of_value",
    &[shown(
        "fan-out",
        "a fan-out is of a thing that does not exist, or begins behind the change log's end",
        "t.of_kind || ' ' || t.of_value",
        "t.after_seq > (SELECT COALESCE(max(seq), 0) FROM changes) OR NOT CASE t.of_kind \
         WHEN 'facet' THEN EXISTS (SELECT 1 FROM facets f WHERE CAST(f.id AS TEXT) = t.of_value) \
         WHEN 'medium' THEN TRUE ELSE FALSE END",
    )],
    &[],
);

static MEDIA: Table = text("media", "id", &[], &[to("file_id", "media_files", "id")]);

static MEDIA_FILES: Table = text(
    "media_files",
    "id",
    &[
        question(
            "file-unused",
            "no medium has a stored file, and nothing will remove it",
            "t.due_at IS NULL AND NOT EXISTS (SELECT 1 FROM media m WHERE m.file_id = t.id) \
             AND NOT EXISTS (SELECT 1 FROM media_garbage g WHERE g.file_id = t.id)",
        ),
        question(
            "file-state",
            "the renditions of a stored file are pending and never due, or made and due again",
            "(t.state = 'pending') <> (t.due_at IS NOT NULL)",
        ),
    ],
    &[],
);

static MEDIA_SOURCES: Table = text(
    "media_sources",
    "url",
    &[],
    &[to("medium_id", "media", "id")],
);

static ARTICLE_MEDIA: Table = text(
    "article_media",
    "article_id",
    &[],
    &[
        to("article_id", "articles", "id"),
        to("medium_id", "media", "id"),
    ],
);

static DELIVERIES: Table = text(
    "deliveries",
    "article_id",
    &[shown(
        "delivery-version",
        "a partner was given a version of an article that is still to come",
        "t.key_id || ' ' || t.article_id",
        "t.version > (SELECT a.version FROM articles a WHERE a.id = t.article_id)",
    )],
    &[
        to("article_id", "articles", "id"),
        to("key_id", "api_keys", "id"),
    ],
);

static QUOTA_USE: Table = text(
    "quota_use",
    "key_id",
    &[question(
        "quota-use",
        "the used part of a quota is below zero",
        "t.used < 0",
    )],
    &[to("key_id", "api_keys", "id")],
);

static FEED_TOKENS: Table = text("feed_tokens", "id", &[], &[to("key_id", "api_keys", "id")]);

static RETIRED_SECRETS: Table = text(
    "retired_secrets",
    "key_id",
    &[],
    &[to("key_id", "api_keys", "id")],
);

static WEBHOOKS: Table = text(
    "webhooks",
    "id",
    &[question(
        "webhook-progress",
        "a webhook has no place in the change log, or one behind its end",
        "NOT EXISTS (SELECT 1 FROM webhook_progress p WHERE p.webhook_id = t.id \
         AND p.position <= (SELECT COALESCE(max(seq), 0) FROM changes))",
    )],
    &[to("partner", "api_keys", "id")],
);

static WEBHOOK_PROGRESS: Table = text(
    "webhook_progress",
    "webhook_id",
    &[],
    &[to("webhook_id", "webhooks", "id")],
);

static WEBHOOK_DELIVERIES: Table = text(
    "webhook_deliveries",
    "id",
    &[],
    &[to("webhook_id", "webhooks", "id")],
);

static WEBHOOK_ATTEMPTS: Table = text(
    "webhook_attempts",
    "delivery_id",
    &[],
    &[to("delivery_id", "webhook_deliveries", "id")],
);
