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
