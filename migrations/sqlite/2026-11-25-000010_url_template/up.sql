-- Where an edition's articles stand on its site: an address with tokens.
ALTER TABLE editions ADD COLUMN url_template TEXT;

-- What was taken down, the newest first, for the feeds that tell of it.
CREATE INDEX articles_withdrawn ON articles (lang, updated_at, id)
    WHERE withdrawn IS NOT NULL;
