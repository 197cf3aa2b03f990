-- Which history of the database the entries of the change log belong to: those behind `after_seq`, up to the next row.
-- A copy that was put back gets a new row before its first write, so a place in the lost entries is told from the same
-- number in the new ones.
CREATE TABLE histories (
    after_seq BIGINT NOT NULL PRIMARY KEY,
    mark BIGINT NOT NULL
);
