-- What a partner's key was promised, as JSON; nothing for other roles.
ALTER TABLE api_keys ADD COLUMN contract TEXT NOT NULL DEFAULT '{}';

-- Set on the entry that says: an article has passed this embargo offset, in seconds. Nobody else reads that entry.
ALTER TABLE changes ADD COLUMN embargo_offset BIGINT;

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
