CREATE TABLE editions (
    lang TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    site_name TEXT NOT NULL,
    home_label TEXT NOT NULL,
    home_path TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    direction TEXT NOT NULL,
    contact TEXT NOT NULL,
    copyright TEXT,
    navigation TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE sections (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    lang TEXT COLLATE "C" NOT NULL REFERENCES editions (lang),
    parent_id TEXT COLLATE "C" REFERENCES sections (id),
    slug TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    position INTEGER NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL,
    translation_key TEXT COLLATE "C",
    trail TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sections_by_path ON sections (path, lang);
CREATE UNIQUE INDEX sections_by_group ON sections (group_id, lang);
CREATE INDEX sections_by_key ON sections (translation_key);
CREATE INDEX sections_by_parent ON sections (parent_id);
CREATE INDEX sections_by_lang ON sections (lang, path);

CREATE TABLE authors (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    names TEXT NOT NULL,
    bio TEXT,
    affiliation TEXT,
    url TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX authors_by_slug ON authors (slug);
CREATE UNIQUE INDEX authors_by_name ON authors (name);

CREATE TABLE sources (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    names TEXT NOT NULL,
    kind TEXT,
    url TEXT,
    rights TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sources_by_slug ON sources (slug);
CREATE UNIQUE INDEX sources_by_name ON sources (name);

CREATE TABLE tags (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    names TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tags_by_slug ON tags (slug);
