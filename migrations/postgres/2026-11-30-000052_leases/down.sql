DROP TRIGGER fanouts_notify ON fanouts;
DROP TRIGGER media_files_notify ON media_files;
DROP TRIGGER embargo_offsets_notify ON embargo_offsets;
DROP TRIGGER changes_notify ON changes;
DROP FUNCTION notify_of_news();
DROP TABLE leases;
