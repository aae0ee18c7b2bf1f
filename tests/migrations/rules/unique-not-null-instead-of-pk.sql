--- bad
CREATE TABLE users (email text NOT NULL UNIQUE);
--- bad
CREATE TABLE users (a int NOT NULL, b int NOT NULL, UNIQUE (a, b));
--- good
CREATE TABLE users (email text PRIMARY KEY);
--- good
CREATE TABLE users (email text UNIQUE);
