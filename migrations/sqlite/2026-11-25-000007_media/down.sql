DROP TABLE article_media;
DROP TABLE media;
DROP TABLE media_garbage;
DROP TABLE media_files;
