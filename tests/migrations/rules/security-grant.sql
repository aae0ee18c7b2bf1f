--- bad
GRANT ALL ON orders TO shop;
--- bad
GRANT SELECT ON orders TO PUBLIC;
--- bad
GRANT SELECT ON orders TO shop WITH GRANT OPTION;
--- good
GRANT SELECT, INSERT ON orders TO shop;
--- good
REVOKE ALL ON orders FROM PUBLIC;
