-- The places in the change log up to which a cache in front was told to forget: for the first time, and for the second.
CREATE TABLE purge_places (
    target TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    purged BIGINT NOT NULL,
    settled BIGINT NOT NULL
);
