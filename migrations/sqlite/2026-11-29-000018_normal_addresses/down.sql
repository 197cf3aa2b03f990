DROP INDEX articles_by_url_path;
ALTER TABLE articles DROP COLUMN url_path;
