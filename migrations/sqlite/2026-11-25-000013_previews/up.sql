-- What this service signs with, made at first use and shared by its nodes. Neither exported nor shown.
CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
