DROP TABLE quota_use;
DROP TABLE deliveries;
DROP TABLE past_facets;
DROP TABLE embargo_offsets;
ALTER TABLE changes DROP COLUMN embargo_offset;
ALTER TABLE api_keys DROP COLUMN contract;
