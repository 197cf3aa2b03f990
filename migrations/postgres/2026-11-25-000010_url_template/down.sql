DROP INDEX articles_withdrawn;
ALTER TABLE editions DROP COLUMN url_template;
