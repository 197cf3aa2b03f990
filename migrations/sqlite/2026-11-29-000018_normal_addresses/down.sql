DROP INDEX articles_by_url;
CREATE INDEX articles_by_url ON articles (url_key);
DROP INDEX articles_by_url_path;
ALTER TABLE articles DROP COLUMN url_path;
