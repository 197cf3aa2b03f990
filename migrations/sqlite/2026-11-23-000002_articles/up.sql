CREATE TABLE works (
    id TEXT NOT NULL PRIMARY KEY,
    translation_key TEXT
);
CREATE UNIQUE INDEX works_by_key ON works (translation_key);

CREATE TABLE articles (
    id TEXT NOT NULL PRIMARY KEY,
    work_id TEXT NOT NULL REFERENCES works (id),
    lang TEXT NOT NULL REFERENCES editions (lang),
    slug TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    public BOOLEAN NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT,
    summary TEXT,
    published_at BIGINT,
    publish_at BIGINT,
    embargo_until BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    section_id TEXT REFERENCES sections (id),
    source_id TEXT REFERENCES sources (id),
    details TEXT NOT NULL,
    extra TEXT NOT NULL,
    url_key TEXT,
    external_id TEXT,
    withdrawn TEXT,
    word_count INTEGER NOT NULL,
    reading_minutes INTEGER NOT NULL,
    import_digest BIGINT,
    created_by TEXT
);
CREATE UNIQUE INDEX articles_by_slug ON articles (slug, lang);
CREATE UNIQUE INDEX articles_by_work ON articles (work_id, lang);
CREATE INDEX articles_by_external_id ON articles (external_id, source_id);
CREATE INDEX articles_by_url ON articles (url_key);
CREATE INDEX articles_by_section ON articles (section_id);
CREATE INDEX articles_by_source ON articles (source_id);
-- What waits for the clock: a scheduled article, or a published one under embargo.
CREATE INDEX articles_waiting ON articles (status, publish_at, embargo_until)
    WHERE NOT public AND (publish_at IS NOT NULL OR embargo_until IS NOT NULL);

CREATE TABLE article_bodies (
    article_id TEXT NOT NULL PRIMARY KEY REFERENCES articles (id),
    html TEXT NOT NULL
);

CREATE TABLE article_people (
    article_id TEXT NOT NULL REFERENCES articles (id),
    role INTEGER NOT NULL,
    position INTEGER NOT NULL,
    author_id TEXT NOT NULL REFERENCES authors (id),
    PRIMARY KEY (article_id, role, position)
) WITHOUT ROWID;
CREATE INDEX article_people_by_author ON article_people (author_id);

CREATE TABLE article_tags (
    article_id TEXT NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    tag_id TEXT NOT NULL REFERENCES tags (id),
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE INDEX article_tags_by_tag ON article_tags (tag_id);

-- The inverted index that every list is read from: one facet per thing that lists filter by
-- (kind `all`, `lang`, `section`, `author`, `editor`, `translator`, `source`, `tag`), one row per article in it.
-- Derived from `articles`, so it carries no foreign keys. What the public may not see hangs on facets of its own.
CREATE TABLE facets (
    id BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    public BOOLEAN NOT NULL,
    articles BIGINT NOT NULL
);
CREATE UNIQUE INDEX facets_by_value ON facets (value, kind, public);

CREATE TABLE article_facets (
    article_id TEXT NOT NULL,
    facet_id BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    title_key TEXT NOT NULL,
    PRIMARY KEY (article_id, facet_id)
) WITHOUT ROWID;
CREATE INDEX article_facets_by_published ON article_facets (facet_id, published_at, article_id);
CREATE INDEX article_facets_by_updated ON article_facets (facet_id, updated_at, article_id);
CREATE INDEX article_facets_by_title ON article_facets (facet_id, title_key, article_id);

CREATE TABLE revisions (
    article_id TEXT NOT NULL REFERENCES articles (id),
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
);

CREATE TABLE redirects (
    lang TEXT NOT NULL,
    slug TEXT NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id),
    PRIMARY KEY (slug, lang)
);
CREATE INDEX redirects_by_article ON redirects (article_id);
