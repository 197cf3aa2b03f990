-- What opens the feeds of a partner by their address alone: each with its own secret, and revoked apart from the key.
CREATE TABLE feed_tokens (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    key_id TEXT COLLATE "C" NOT NULL,
    name TEXT,
    prefix TEXT COLLATE "C" NOT NULL,
    secret_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX feed_tokens_by_prefix ON feed_tokens (prefix);
CREATE INDEX feed_tokens_by_key ON feed_tokens (key_id, id);
