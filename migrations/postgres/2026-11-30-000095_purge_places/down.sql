DROP TABLE purge_places;
