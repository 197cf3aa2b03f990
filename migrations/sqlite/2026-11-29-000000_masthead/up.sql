-- The schema on SQLite; `migrations/postgres` holds the same tables. Ids are UUIDs as text, times are milliseconds since
-- 1970-01-01 UTC, languages are BCP 47 tags, and lists and objects are JSON as text.

CREATE TABLE editions (
    lang TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    site_name TEXT NOT NULL,
    home_label TEXT NOT NULL,
    home_path TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    direction TEXT NOT NULL,
    contact TEXT NOT NULL,
    copyright TEXT,
    navigation TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Where an edition's articles stand on its site: an address with tokens.
    url_template TEXT,
    -- Where an edition's sections, authors, tags and previews stand on its site: addresses with tokens.
    section_url_template TEXT,
    author_url_template TEXT,
    tag_url_template TEXT,
    preview_url_template TEXT
);

CREATE TABLE sections (
    id TEXT NOT NULL PRIMARY KEY,
    lang TEXT NOT NULL REFERENCES editions (lang),
    parent_id TEXT REFERENCES sections (id),
    slug TEXT NOT NULL,
    path TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    position INTEGER NOT NULL,
    group_id TEXT NOT NULL,
    translation_key TEXT,
    trail TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sections_by_path ON sections (path, lang);
CREATE UNIQUE INDEX sections_by_group ON sections (group_id, lang);
CREATE INDEX sections_by_key ON sections (translation_key);
CREATE INDEX sections_by_parent ON sections (parent_id);
CREATE INDEX sections_by_lang ON sections (lang, path);

CREATE TABLE authors (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    names TEXT NOT NULL,
    bio TEXT,
    affiliation TEXT,
    url TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Names are kept as they are written; the key is the form by which two of them are one.
    name_key TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX authors_by_slug ON authors (slug);
CREATE UNIQUE INDEX authors_by_name ON authors (name_key);

CREATE TABLE sources (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    names TEXT NOT NULL,
    kind TEXT,
    url TEXT,
    rights TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    name_key TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX sources_by_slug ON sources (slug);
CREATE UNIQUE INDEX sources_by_name ON sources (name_key);

CREATE TABLE tags (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    names TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- Tags are one by name too; the key is the form by which two names are one. Two tags of one name may be there already.
    name_key TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX tags_by_slug ON tags (slug);
CREATE INDEX tags_by_name ON tags (name_key);

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
    created_by TEXT,
    -- The path and query of an imported address in its normal form, for look-ups without a host. Empty until the program has
    -- worked it out, and the address's key anew.
    url_path TEXT,
    -- What the public has seen of an article, which outlives the compaction of the change log: the entry by which it became
    -- public last, the entry that last brought a new notice, and whether its present slug was ever shown.
    public_since BIGINT,
    noticed_at BIGINT,
    slug_shown BOOLEAN NOT NULL DEFAULT 0
);
CREATE INDEX articles_by_external_id ON articles (external_id, source_id);
CREATE INDEX articles_by_section ON articles (section_id);
CREATE INDEX articles_by_source ON articles (source_id);
-- What was taken down, the newest first, for the feeds that tell of it.
CREATE INDEX articles_withdrawn ON articles (lang, updated_at, id)
    WHERE withdrawn IS NOT NULL;
CREATE INDEX articles_by_url_path ON articles (url_path, id) WHERE url_path IS NOT NULL;
CREATE INDEX articles_by_url ON articles (url_key, id);
CREATE INDEX articles_scheduled ON articles (public, status, publish_at) WHERE publish_at IS NOT NULL;
CREATE INDEX articles_embargoed ON articles (public, status, embargo_until) WHERE embargo_until IS NOT NULL;
CREATE INDEX articles_by_slug ON articles (slug, lang);
CREATE UNIQUE INDEX articles_by_shown_slug ON articles (slug, lang) WHERE slug_shown;
CREATE INDEX articles_by_work ON articles (work_id, lang);
CREATE UNIQUE INDEX articles_by_public_work ON articles (work_id, lang) WHERE public_since IS NOT NULL;

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
    -- An address that nobody but the desk knew leads nobody else on.
    public BOOLEAN NOT NULL DEFAULT 1,
    PRIMARY KEY (slug, lang)
);
CREATE INDEX redirects_by_article ON redirects (article_id);

-- Appended to in the transaction of the change itself; `seq` rises in commit order.
-- `public` says whether the public's view can have changed by it.
CREATE TABLE changes (
    seq BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    op TEXT NOT NULL,
    reason TEXT,
    lang TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    public BOOLEAN NOT NULL,
    -- Set on the entry that says: an article has passed this embargo offset, in seconds. Nobody else reads that entry.
    embargo_offset BIGINT
);
CREATE INDEX changes_by_id ON changes (id, public, seq);
CREATE INDEX changes_by_lang ON changes (lang, public, seq);
CREATE INDEX changes_by_public ON changes (public, seq);
-- Readers with an embargo offset ask for the entries of their own offset alone.
CREATE INDEX changes_by_offset ON changes (embargo_offset, seq) WHERE embargo_offset IS NOT NULL;

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    prefix TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    langs TEXT NOT NULL,
    sections TEXT NOT NULL,
    sources TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    -- What a partner's key was promised, as JSON; nothing for other roles.
    contract TEXT NOT NULL DEFAULT '{}',
    -- Keys change over HTTP: they have versions, and tell when they last changed and were last used.
    version BIGINT NOT NULL DEFAULT 1,
    updated_at BIGINT NOT NULL DEFAULT 0,
    last_used_at BIGINT
);
CREATE UNIQUE INDEX api_keys_by_prefix ON api_keys (prefix);
CREATE INDEX api_keys_by_change ON api_keys (updated_at);
CREATE INDEX api_keys_by_use ON api_keys (last_used_at);

-- The answers to requests that carried an Idempotency-Key, for as long as they may be repeated.
CREATE TABLE idempotent_answers (
    key_id TEXT NOT NULL,
    token TEXT NOT NULL,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (key_id, token)
);
CREATE INDEX idempotent_answers_by_time ON idempotent_answers (at);

-- Who did what, written in the transaction of the deed. `id` rises with time.
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    kind TEXT NOT NULL,
    resource TEXT NOT NULL,
    version BIGINT,
    request_id TEXT,
    detail TEXT
);
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_by_operation ON audit (operation, id);
CREATE INDEX audit_by_resource ON audit (resource, id);
CREATE INDEX audit_by_kind ON audit (kind, id);
CREATE INDEX audit_by_time ON audit (at);

-- Partners with an offset see what was published up to its watermark; it follows the clock.
CREATE TABLE embargo_offsets (
    seconds BIGINT NOT NULL PRIMARY KEY,
    watermark BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);

-- The public facets that an article was in once and has left, with the earliest date that it had there: by these a
-- reader who may hold a copy is told that it is gone.
CREATE TABLE past_facets (
    article_id TEXT NOT NULL,
    facet_id BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    PRIMARY KEY (article_id, facet_id)
) WITHOUT ROWID;
-- Whether a thing was ever shown is asked by its facets.
CREATE INDEX past_facets_by_facet ON past_facets (facet_id);

-- The last that each partner was given of each article. `stream` names the filters that it was read with.
CREATE TABLE deliveries (
    key_id TEXT NOT NULL,
    article_id TEXT NOT NULL,
    stream BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    op TEXT NOT NULL,
    reason TEXT,
    version BIGINT NOT NULL,
    delivered_at BIGINT NOT NULL,
    taken_version BIGINT,
    taken_at BIGINT,
    acknowledged_at BIGINT,
    acknowledged_version BIGINT,
    PRIMARY KEY (key_id, article_id)
) WITHOUT ROWID;
CREATE INDEX deliveries_by_article ON deliveries (article_id);
CREATE INDEX deliveries_owing ON deliveries (key_id, seq) WHERE acknowledged_at IS NULL;

-- How much of its day's quota each key has used; `day` counts days since 1970-01-01.
CREATE TABLE quota_use (
    key_id TEXT NOT NULL,
    day BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (key_id, day)
) WITHOUT ROWID;

-- The bytes of uploads; media that were uploaded with the same bytes share one.
CREATE TABLE media_files (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    address TEXT NOT NULL,
    format TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    transparent BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    renditions TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX media_files_by_digest ON media_files (digest);
CREATE UNIQUE INDEX media_files_by_address ON media_files (address);
-- Files whose renditions are to be made, or made again where a worker did not come back.
CREATE INDEX media_files_due ON media_files (due_at) WHERE due_at IS NOT NULL;

-- Folders of the storage that no upload needs, or may turn out not to need: written before the bytes are.
CREATE TABLE media_garbage (
    file_id TEXT NOT NULL PRIMARY KEY,
    due_at BIGINT NOT NULL
);
CREATE INDEX media_garbage_due ON media_garbage (due_at);

CREATE TABLE media (
    id TEXT NOT NULL PRIMARY KEY,
    file_id TEXT NOT NULL REFERENCES media_files (id),
    name TEXT,
    content TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    created_by TEXT
);
CREATE INDEX media_by_file ON media (file_id);

CREATE TABLE article_media (
    article_id TEXT NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    medium_id TEXT NOT NULL REFERENCES media (id),
    PRIMARY KEY (article_id, position)
) WITHOUT ROWID;
CREATE INDEX article_media_by_medium ON article_media (medium_id, article_id);

CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    langs TEXT NOT NULL,
    sections TEXT NOT NULL,
    sources TEXT NOT NULL,
    include_article BOOLEAN NOT NULL,
    partner TEXT REFERENCES api_keys (id),
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_secret_until BIGINT,
    enabled BOOLEAN NOT NULL,
    disabled_reason TEXT,
    disabled_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX webhooks_by_partner ON webhooks (partner);

-- How far each subscription has come: `position` is a place in `changes`, `place` says it in full as JSON. Whoever holds the
-- lease, in milliseconds of the database's own clock, is the only one to send.
CREATE TABLE webhook_progress (
    webhook_id TEXT NOT NULL PRIMARY KEY REFERENCES webhooks (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    place TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    blocked BOOLEAN NOT NULL,
    lease_owner TEXT,
    lease_until BIGINT NOT NULL
);

CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    lane TEXT NOT NULL,
    seq BIGINT NOT NULL,
    event TEXT NOT NULL,
    article_id TEXT,
    lang TEXT,
    version BIGINT,
    op TEXT,
    reason TEXT,
    at BIGINT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    first_at BIGINT,
    next_at BIGINT NOT NULL,
    done_at BIGINT
);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, lane, seq) WHERE done_at IS NULL;
CREATE INDEX webhook_deliveries_by_end ON webhook_deliveries (done_at);

CREATE TABLE webhook_attempts (
    delivery_id TEXT NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    status INTEGER,
    error TEXT,
    response TEXT,
    PRIMARY KEY (delivery_id, number)
);

-- What each key asked for, by day in UTC; `day` counts from 1970-01-01.
CREATE TABLE usage (
    day BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    requests BIGINT NOT NULL,
    articles BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (day, key_id)
);
CREATE INDEX usage_by_key ON usage (key_id, day);

-- The secrets that a key had before its rotations, for as long as they still work.
CREATE TABLE retired_secrets (
    prefix TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    works_until BIGINT NOT NULL
);
CREATE INDEX retired_secrets_by_key ON retired_secrets (key_id);

-- Slugs and paths that authors, sources, tags and sections had, and the ids and slugs of authors that were merged into
-- others. `lang` is empty for what belongs to no edition. Articles have `redirects`.
CREATE TABLE moved (
    kind TEXT NOT NULL,
    lang TEXT NOT NULL,
    slug TEXT NOT NULL,
    target_id TEXT NOT NULL,
    public BOOLEAN NOT NULL DEFAULT 1,
    PRIMARY KEY (slug, kind, lang)
);
CREATE INDEX moved_by_target ON moved (target_id);

-- What this service signs with, made at first use and shared by its nodes. Neither exported nor shown.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- What opens the feeds of a partner by their address alone: each with its own secret, and revoked apart from the key.
CREATE TABLE feed_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    name TEXT,
    prefix TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX feed_tokens_by_prefix ON feed_tokens (prefix);
CREATE INDEX feed_tokens_by_key ON feed_tokens (key_id, id);

-- The forward index beside the inverted one: all facets of an article in one row, each number between two blanks, its
-- edition, and the editions in which its work is public, each between two blanks. Derived, so it carries no foreign keys.
CREATE TABLE facet_sets (
    article_id TEXT NOT NULL PRIMARY KEY,
    work_id TEXT NOT NULL,
    lang TEXT NOT NULL,
    facets TEXT NOT NULL,
    published TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX facet_sets_by_work ON facet_sets (work_id);

-- Which history of the database the entries of the change log belong to: those behind `after_seq`, up to the next row.
-- A copy that was put back gets a new row before its first write, so a place in the lost entries is told from the same
-- number in the new ones.
CREATE TABLE histories (
    after_seq BIGINT NOT NULL PRIMARY KEY,
    mark BIGINT NOT NULL
);

-- Changes that the articles showing a thing are still to be told of, and how far that has come. `of_kind` is `facet` or
-- `medium`, `of_value` its number or id. A round goes through the articles in the order of their dates and ids, and passes
-- over those with an entry in the change log behind `after_seq`; `again_after` is set where another round has to follow.
CREATE TABLE fanouts (
    of_kind TEXT NOT NULL,
    of_value TEXT NOT NULL,
    places BOOLEAN NOT NULL,
    translations BOOLEAN NOT NULL,
    after_seq BIGINT NOT NULL,
    again_after BIGINT,
    cursor_at BIGINT NOT NULL,
    cursor_id TEXT NOT NULL,
    PRIMARY KEY (of_kind, of_value)
);
