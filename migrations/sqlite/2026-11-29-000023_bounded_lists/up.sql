-- What waits for the clock, found by equality on `public`: a partial index `WHERE NOT public` does not serve a bound value.
DROP INDEX articles_waiting;
CREATE INDEX articles_scheduled ON articles (public, status, publish_at) WHERE publish_at IS NOT NULL;
CREATE INDEX articles_embargoed ON articles (public, status, embargo_until) WHERE embargo_until IS NOT NULL;

-- The forward index beside the inverted one: all facets of an article in one row, each number between two blanks, its
-- edition, and the editions in which its work is public, each between two blanks. Derived, so it carries no foreign keys.
CREATE TABLE facet_sets (
    article_id TEXT NOT NULL PRIMARY KEY,
    work_id TEXT NOT NULL,
    lang TEXT NOT NULL,
    facets TEXT NOT NULL,
    published TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX facet_sets_by_work ON facet_sets (work_id);
INSERT INTO facet_sets (article_id, work_id, lang, facets, published)
    SELECT a.id, a.work_id, a.lang,
        ' ' || (SELECT group_concat(f.facet_id, ' ') FROM article_facets f WHERE f.article_id = a.id) || ' ',
        coalesce(' ' || (SELECT group_concat(w.lang, ' ') FROM articles w WHERE w.work_id = a.work_id AND w.public) || ' ', ' ')
    FROM articles a WHERE EXISTS (SELECT 1 FROM article_facets f WHERE f.article_id = a.id);
