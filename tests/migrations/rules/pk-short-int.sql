--- bad
CREATE TABLE a (id int PRIMARY KEY);
--- bad
CREATE TABLE a (b int, c smallint, PRIMARY KEY (b, c));
--- bad
ALTER TABLE a ADD COLUMN id int, ADD CONSTRAINT a_pk PRIMARY KEY (id);
--- good
CREATE TABLE a (id bigint PRIMARY KEY, b int UNIQUE);
--- good
CREATE TABLE a (id uuid PRIMARY KEY);
