DROP TABLE audit;
DROP TABLE idempotent_answers;
