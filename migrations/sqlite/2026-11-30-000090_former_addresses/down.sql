ALTER TABLE editions DROP COLUMN former_addresses;
