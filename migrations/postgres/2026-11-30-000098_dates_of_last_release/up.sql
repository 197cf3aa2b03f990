-- A node of the last release writes facet sets without dates: they get those of a place, which it has written before. This
-- release writes both; where they are those of before, the places say the same.
CREATE FUNCTION date_facet_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.published_at := COALESCE(
        (SELECT x.published_at FROM article_facets x WHERE x.article_id = NEW.article_id LIMIT 1), NEW.published_at);
    NEW.updated_at := COALESCE(
        (SELECT x.updated_at FROM article_facets x WHERE x.article_id = NEW.article_id LIMIT 1), NEW.updated_at);
    RETURN NEW;
END
$$;
CREATE TRIGGER facet_sets_date_new BEFORE INSERT ON facet_sets FOR EACH ROW
    WHEN (NEW.published_at IS NULL) EXECUTE FUNCTION date_facet_set();
CREATE TRIGGER facet_sets_date_old BEFORE UPDATE OF work_id ON facet_sets FOR EACH ROW
    WHEN (NEW.published_at IS NOT DISTINCT FROM OLD.published_at AND NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
    EXECUTE FUNCTION date_facet_set();
-- What was written so between the last migration and this one.
UPDATE facet_sets SET work_id = work_id WHERE published_at IS NULL OR (published_at, updated_at) <> (
    SELECT x.published_at, x.updated_at FROM article_facets x WHERE x.article_id = facet_sets.article_id LIMIT 1);
