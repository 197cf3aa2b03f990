DROP TABLE article_addresses;
