-- Readers with an embargo offset ask for the entries of their own offset alone.
CREATE INDEX changes_by_offset ON changes (embargo_offset, seq) WHERE embargo_offset IS NOT NULL;
