-- varve: transactoin off
SELECT 1;
