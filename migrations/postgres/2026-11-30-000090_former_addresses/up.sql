-- Templates of addresses and home paths that an edition had, as a JSON object of lists by field; the newest last.
ALTER TABLE editions ADD COLUMN former_addresses TEXT NOT NULL DEFAULT '{}';
