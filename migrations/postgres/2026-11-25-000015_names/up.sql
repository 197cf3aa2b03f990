-- Names are kept as they are written; the key is the form by which two of them are one.
ALTER TABLE authors ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE authors SET name_key = name;
DROP INDEX authors_by_name;
CREATE UNIQUE INDEX authors_by_name ON authors (name_key);

ALTER TABLE sources ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE sources SET name_key = name;
DROP INDEX sources_by_name;
CREATE UNIQUE INDEX sources_by_name ON sources (name_key);
