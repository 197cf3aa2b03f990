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
