DROP TRIGGER changes_notify ON changes;
DROP FUNCTION notify_of_changes();
DROP TABLE leases;
