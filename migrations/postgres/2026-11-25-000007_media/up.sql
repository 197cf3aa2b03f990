-- The bytes of uploads; media that were uploaded with the same bytes share one.
CREATE TABLE media_files (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    digest TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    format TEXT COLLATE "C" NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes BIGINT NOT NULL,
    transparent BOOLEAN NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
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
    file_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    due_at BIGINT NOT NULL
);
CREATE INDEX media_garbage_due ON media_garbage (due_at);

CREATE TABLE media (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    file_id TEXT COLLATE "C" NOT NULL REFERENCES media_files (id),
    name TEXT,
    content TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C"
);
CREATE INDEX media_by_file ON media (file_id);

CREATE TABLE article_media (
    article_id TEXT COLLATE "C" NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    medium_id TEXT COLLATE "C" NOT NULL REFERENCES media (id),
    PRIMARY KEY (article_id, position)
);
CREATE INDEX article_media_by_medium ON article_media (medium_id, article_id);
