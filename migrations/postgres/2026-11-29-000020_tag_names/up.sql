-- Tags are one by name too; the key is the form by which two names are one. Two tags of one name may be there already.
ALTER TABLE tags ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE tags SET name_key = name;
CREATE INDEX tags_by_name ON tags (name_key);
