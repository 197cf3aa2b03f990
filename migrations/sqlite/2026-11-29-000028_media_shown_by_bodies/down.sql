DELETE FROM article_media WHERE position > 10000;
