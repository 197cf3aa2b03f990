DROP INDEX authors_with_other_names;
DROP INDEX sources_with_other_names;
DROP INDEX tags_with_other_names;
