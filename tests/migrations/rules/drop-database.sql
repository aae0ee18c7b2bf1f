--- bad
DROP DATABASE shop;
--- bad
DROP DATABASE IF EXISTS shop WITH (FORCE);
--- good
CREATE DATABASE shop;
