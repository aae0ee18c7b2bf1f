--- bad
CREATE TABLE a (id bigint PRIMARY KEY, b text);
--- good
CREATE TABLE a (id bigint, b text NOT NULL, c serial, PRIMARY KEY (id));
