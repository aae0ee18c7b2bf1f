-- varve: transaction on
VACUUM t;
