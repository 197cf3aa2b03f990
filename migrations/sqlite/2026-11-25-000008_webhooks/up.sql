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
