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
    public BOOLEAN NOT NULL
);
CREATE INDEX changes_by_id ON changes (id, public, seq);
CREATE INDEX changes_by_lang ON changes (lang, public, seq);
CREATE INDEX changes_by_public ON changes (public, seq);
