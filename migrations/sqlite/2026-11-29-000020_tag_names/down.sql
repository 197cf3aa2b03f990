DROP INDEX tags_by_name;
ALTER TABLE tags DROP COLUMN name_key;
