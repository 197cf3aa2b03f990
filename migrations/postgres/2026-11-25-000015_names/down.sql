DROP INDEX sources_by_name;
ALTER TABLE sources DROP COLUMN name_key;
CREATE UNIQUE INDEX sources_by_name ON sources (name);

DROP INDEX authors_by_name;
ALTER TABLE authors DROP COLUMN name_key;
CREATE UNIQUE INDEX authors_by_name ON authors (name);
