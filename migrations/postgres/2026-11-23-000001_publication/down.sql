DROP TABLE tags;
DROP TABLE sources;
DROP TABLE authors;
DROP TABLE sections;
DROP TABLE editions;
