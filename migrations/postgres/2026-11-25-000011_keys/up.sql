-- Keys change over HTTP: they have versions, and tell when they last changed and were last used.
ALTER TABLE api_keys ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE api_keys ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT;
UPDATE api_keys SET updated_at = COALESCE(revoked_at, created_at);
CREATE INDEX api_keys_by_change ON api_keys (updated_at);
CREATE INDEX api_keys_by_use ON api_keys (last_used_at);

-- The secrets that a key had before its rotations, for as long as they still work.
CREATE TABLE retired_secrets (
    prefix TEXT NOT NULL PRIMARY KEY,
    key_id TEXT NOT NULL,
    secret_hash TEXT NOT NULL,
    works_until BIGINT NOT NULL
);
CREATE INDEX retired_secrets_by_key ON retired_secrets (key_id);

CREATE INDEX audit_by_time ON audit (at);
