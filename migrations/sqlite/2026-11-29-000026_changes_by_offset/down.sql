DROP INDEX changes_by_offset;
