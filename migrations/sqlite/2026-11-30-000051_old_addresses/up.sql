-- Addresses, beside the one that an article was imported from, that lead to it: keys of their normal form, with and without host.
CREATE TABLE article_addresses (
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    url_key TEXT NOT NULL,
    url_path TEXT NOT NULL,
    PRIMARY KEY (article_id, url_key)
);
CREATE INDEX article_addresses_by_key ON article_addresses (url_key, article_id);
CREATE INDEX article_addresses_by_path ON article_addresses (url_path, article_id);
