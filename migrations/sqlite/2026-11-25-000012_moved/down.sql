DROP TABLE moved;
