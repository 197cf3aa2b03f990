-- The addresses that media were fetched from by an import, with what their servers said to tell them by (RFC 9110, section 8.8).
CREATE TABLE media_sources (
    url TEXT NOT NULL PRIMARY KEY,
    medium_id TEXT NOT NULL REFERENCES media (id),
    etag TEXT,
    last_modified TEXT,
    fetched_at BIGINT NOT NULL
);
CREATE INDEX media_sources_by_medium ON media_sources (medium_id);
