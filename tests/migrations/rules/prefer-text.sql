--- bad
CREATE TABLE a (b varchar(20));
--- bad
CREATE TABLE a (b character varying(20)[]);
--- good
CREATE TABLE a (b varchar, c text);
