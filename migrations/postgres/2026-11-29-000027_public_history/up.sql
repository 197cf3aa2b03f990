-- What the public has seen of an article, which outlives the compaction of the change log: the entry by which it became
-- public last, the entry that last brought a new notice, and whether its present slug was ever shown.
ALTER TABLE articles ADD COLUMN public_since BIGINT;
ALTER TABLE articles ADD COLUMN noticed_at BIGINT;
ALTER TABLE articles ADD COLUMN slug_shown BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE articles SET
    public_since = (SELECT min(c.seq) FROM changes c WHERE c.id = articles.id AND c.public AND c.op = 'upsert'
        AND c.seq > coalesce((SELECT max(d.seq) FROM changes d WHERE d.id = articles.id AND d.public AND d.op = 'delete'
            AND articles.public), 0)),
    slug_shown = EXISTS (SELECT 1 FROM changes c WHERE c.id = articles.id AND c.public);

-- A draft that its writer may not know of takes no name from anybody: only what was public is unique.
DROP INDEX articles_by_slug;
CREATE INDEX articles_by_slug ON articles (slug, lang);
CREATE UNIQUE INDEX articles_by_shown_slug ON articles (slug, lang) WHERE slug_shown;
DROP INDEX articles_by_work;
CREATE INDEX articles_by_work ON articles (work_id, lang);
CREATE UNIQUE INDEX articles_by_public_work ON articles (work_id, lang) WHERE public_since IS NOT NULL;

-- An address that nobody but the desk knew leads nobody else on.
ALTER TABLE redirects ADD COLUMN public BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE moved ADD COLUMN public BOOLEAN NOT NULL DEFAULT TRUE;

-- Whether a thing was ever shown is asked by its facets.
CREATE INDEX past_facets_by_facet ON past_facets (facet_id);
