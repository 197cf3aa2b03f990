-- Only PostgreSQL has nodes of two releases at once.
SELECT 1;
