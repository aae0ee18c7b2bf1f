--- bad
CREATE TABLE a (b date) PARTITION BY RANGE (b);
--- good
CREATE TABLE a (b date);
