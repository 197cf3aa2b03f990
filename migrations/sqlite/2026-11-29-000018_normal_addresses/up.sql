-- The path and query of an imported address in its normal form, for look-ups without a host. Empty until the program has
-- worked it out, and the address's key anew.
ALTER TABLE articles ADD COLUMN url_path TEXT;
UPDATE articles SET url_path = '' WHERE url_key IS NOT NULL;
CREATE INDEX articles_by_url_path ON articles (url_path, id) WHERE url_path IS NOT NULL;
DROP INDEX articles_by_url;
CREATE INDEX articles_by_url ON articles (url_key, id);
