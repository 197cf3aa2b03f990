-- Where an edition's sections, authors, tags and previews stand on its site: addresses with tokens.
ALTER TABLE editions ADD COLUMN section_url_template TEXT;
ALTER TABLE editions ADD COLUMN author_url_template TEXT;
ALTER TABLE editions ADD COLUMN tag_url_template TEXT;
ALTER TABLE editions ADD COLUMN preview_url_template TEXT;
