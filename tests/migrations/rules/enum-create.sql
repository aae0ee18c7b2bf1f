--- bad
CREATE TYPE app.mood AS ENUM ('good', 'bad');
--- good
CREATE TYPE pair AS (a int, b int);
--- good
CREATE TABLE mood (name text PRIMARY KEY);
