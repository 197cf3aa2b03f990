-- Changes that the articles showing a thing are still to be told of, and how far that has come. `of_kind` is `facet` or
-- `medium`, `of_value` its number or id. A round goes through the articles in the order of their dates and ids, and passes
-- over those with an entry in the change log behind `after_seq`; `again_after` is set where another round has to follow.
CREATE TABLE fanouts (
    of_kind TEXT NOT NULL,
    of_value TEXT NOT NULL,
    places BOOLEAN NOT NULL,
    translations BOOLEAN NOT NULL,
    after_seq BIGINT NOT NULL,
    again_after BIGINT,
    cursor_at BIGINT NOT NULL,
    cursor_id TEXT NOT NULL,
    PRIMARY KEY (of_kind, of_value)
);
