ALTER TABLE facet_sets DROP COLUMN updated_at;
ALTER TABLE facet_sets DROP COLUMN published_at;
