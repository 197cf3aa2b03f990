-- Slugs and paths that authors, sources, tags and sections had, and the ids and slugs of authors that were merged into
-- others. `lang` is empty for what belongs to no edition. Articles have `redirects`.
CREATE TABLE moved (
    kind TEXT NOT NULL,
    lang TEXT NOT NULL,
    slug TEXT NOT NULL,
    target_id TEXT NOT NULL,
    PRIMARY KEY (slug, kind, lang)
);
CREATE INDEX moved_by_target ON moved (target_id);
