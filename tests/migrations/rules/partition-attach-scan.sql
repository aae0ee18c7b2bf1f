--- bad
ALTER TABLE events ATTACH PARTITION events_2020 FOR VALUES FROM (1) TO (2);
--- good
CREATE TABLE events_2020 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2020 FOR VALUES FROM (1) TO (2);
--- history
CREATE TABLE events (id int NOT NULL, day int NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE proven (id int NOT NULL, day int NOT NULL, CHECK (day >= 1 AND day < 2));
CREATE TABLE nullable (id int, day int, CHECK (day >= 1 AND day < 2));
CREATE TABLE unproven (id int NOT NULL, day int NOT NULL);
ALTER TABLE unproven ADD CONSTRAINT c CHECK (day >= 1 AND day < 2) NOT VALID;
--- good
ALTER TABLE events ATTACH PARTITION proven FOR VALUES FROM (1) TO (2);
--- bad
ALTER TABLE events ATTACH PARTITION nullable FOR VALUES FROM (1) TO (2);
--- bad
ALTER TABLE events ATTACH PARTITION unproven FOR VALUES FROM (1) TO (2);
--- good
ALTER TABLE unproven VALIDATE CONSTRAINT c;
ALTER TABLE events ATTACH PARTITION unproven FOR VALUES FROM (1) TO (2);
--- bad
CREATE INDEX ON ONLY events (id);
ALTER TABLE events ATTACH PARTITION proven FOR VALUES FROM (1) TO (2);
--- history
CREATE TABLE events (id int, day int) PARTITION BY RANGE (day);
CREATE TABLE rest PARTITION OF events DEFAULT;
--- bad
CREATE TABLE fresh (LIKE events);
ALTER TABLE events ATTACH PARTITION fresh FOR VALUES FROM (1) TO (2);
--- history
CREATE TABLE events (id int NOT NULL, day int NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE other (id int NOT NULL CHECK (id > 0), day int NOT NULL);
CREATE TABLE filled (id int NOT NULL, day int, CHECK (day IS NOT NULL));
CREATE TABLE proven (id int NOT NULL, day int, CHECK (day IS NOT NULL AND day >= 1 AND day < 2));
--- bad
ALTER TABLE events ATTACH PARTITION other FOR VALUES FROM (1) TO (2);
--- bad
ALTER TABLE events ATTACH PARTITION filled FOR VALUES FROM (1) TO (2);
--- good
ALTER TABLE events ATTACH PARTITION proven FOR VALUES FROM (1) TO (2);
--- good
ALTER TABLE events RENAME COLUMN day TO at;
ALTER TABLE proven RENAME COLUMN day TO at;
ALTER TABLE events ATTACH PARTITION proven FOR VALUES FROM (1) TO (2);
--- history
CREATE TABLE events (id int NOT NULL, day int NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE rest PARTITION OF events DEFAULT;
CREATE TABLE proven (id int NOT NULL, day int NOT NULL, CHECK (day >= 1 AND day < 2));
ALTER TABLE rest ADD CONSTRAINT no_others CHECK (NOT (day >= 1 AND day < 2)) NOT VALID;
--- bad
ALTER TABLE events ATTACH PARTITION proven FOR VALUES FROM (1) TO (2);
--- good
ALTER TABLE rest VALIDATE CONSTRAINT no_others;
ALTER TABLE events ATTACH PARTITION proven FOR VALUES FROM (1) TO (2);
