DROP TABLE facet_sets;
DROP INDEX articles_embargoed;
DROP INDEX articles_scheduled;
CREATE INDEX articles_waiting ON articles (status, publish_at, embargo_until)
    WHERE NOT public AND (publish_at IS NOT NULL OR embargo_until IS NOT NULL);
