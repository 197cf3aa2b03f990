ALTER TABLE editions DROP COLUMN preview_url_template;
ALTER TABLE editions DROP COLUMN tag_url_template;
ALTER TABLE editions DROP COLUMN author_url_template;
ALTER TABLE editions DROP COLUMN section_url_template;
