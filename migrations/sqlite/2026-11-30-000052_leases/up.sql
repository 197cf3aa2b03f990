-- The node that does the work which is done once in a cluster. A lease ends by the database's own clock, in milliseconds,
-- unless its owner renews it.
CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL
);
