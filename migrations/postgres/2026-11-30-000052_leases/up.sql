-- The node that does the work which is done once in a cluster. A lease ends by the database's own clock, in milliseconds,
-- unless its owner renews it.
CREATE TABLE leases (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL,
    until BIGINT NOT NULL
);

-- Wakes the nodes, which listen, when a transaction commits that has made work in the background for any of them.
CREATE FUNCTION notify_of_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('masthead_news', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER changes_notify AFTER INSERT ON changes FOR EACH STATEMENT EXECUTE FUNCTION notify_of_news();
CREATE TRIGGER embargo_offsets_notify AFTER INSERT ON embargo_offsets FOR EACH STATEMENT EXECUTE FUNCTION notify_of_news();
CREATE TRIGGER media_files_notify AFTER INSERT ON media_files FOR EACH STATEMENT EXECUTE FUNCTION notify_of_news();
CREATE TRIGGER fanouts_notify AFTER INSERT ON fanouts FOR EACH STATEMENT EXECUTE FUNCTION notify_of_news();
