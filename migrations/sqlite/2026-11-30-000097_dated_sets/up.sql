-- The dates of an article's places in lists, beside its facets. The last release writes none, which reads as those of a place.
ALTER TABLE facet_sets ADD COLUMN published_at BIGINT;
ALTER TABLE facet_sets ADD COLUMN updated_at BIGINT;
UPDATE facet_sets SET
    published_at = (SELECT x.published_at FROM article_facets x WHERE x.article_id = facet_sets.article_id LIMIT 1),
    updated_at = (SELECT x.updated_at FROM article_facets x WHERE x.article_id = facet_sets.article_id LIMIT 1);
