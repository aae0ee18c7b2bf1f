-- varve: transaction on
-- varve: transaction off
SELECT 1;
