-- Those that have names in other languages, so that a name in one of them is looked for among these alone.
CREATE INDEX authors_with_other_names ON authors (id) WHERE names <> '{}';
CREATE INDEX sources_with_other_names ON sources (id) WHERE names <> '{}';
CREATE INDEX tags_with_other_names ON tags (id) WHERE names <> '{}';
