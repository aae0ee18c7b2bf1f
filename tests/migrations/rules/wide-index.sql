--- bad
CREATE INDEX i ON orders (upper(a), b, c, d);
--- good
CREATE INDEX i ON orders (a, b, c) INCLUDE (d);
