DROP INDEX audit_by_time;
DROP TABLE retired_secrets;
DROP INDEX api_keys_by_use;
DROP INDEX api_keys_by_change;
ALTER TABLE api_keys DROP COLUMN last_used_at;
ALTER TABLE api_keys DROP COLUMN updated_at;
ALTER TABLE api_keys DROP COLUMN version;
