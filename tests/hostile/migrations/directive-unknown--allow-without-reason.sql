-- varve: allow index-create-blocking
SELECT 1;
