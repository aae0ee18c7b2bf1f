--- bad
CREATE TABLE events_2021 PARTITION OF events FOR VALUES FROM (1) TO (2);
--- good
CREATE TABLE events (id int, day int) PARTITION BY RANGE (day);
CREATE TABLE events_2021 PARTITION OF events FOR VALUES FROM (1) TO (2);
--- history
CREATE TABLE events (id int, day int) PARTITION BY RANGE (day);
CREATE TABLE events_2021 PARTITION OF events FOR VALUES FROM (1) TO (2);
--- bad
DROP TABLE public.events_2021;
--- good
CREATE TABLE IF NOT EXISTS events_2021 PARTITION OF events FOR VALUES FROM (1) TO (2);
--- bad
CREATE TABLE IF NOT EXISTS events_2022 PARTITION OF events FOR VALUES FROM (2) TO (3);
--- good
ALTER TABLE events DETACH PARTITION events_2021 CONCURRENTLY;
DROP TABLE events_2021;
--- history
CREATE TABLE events (a int) PARTITION BY RANGE (a);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (2);
ALTER TABLE events_1 RENAME TO events_one;
ALTER TABLE events RENAME TO happenings;
--- bad
DROP TABLE events_one;
--- bad
CREATE TABLE events_2 PARTITION OF happenings FOR VALUES FROM (2) TO (3);
--- history
CREATE TABLE old (id bigint NOT NULL, day int NOT NULL, note text);
--- bad
CREATE TABLE parts (id bigint NOT NULL, day int NOT NULL, note text) PARTITION BY RANGE (day);
ALTER TABLE parts ATTACH PARTITION old DEFAULT;
CREATE TABLE first PARTITION OF parts FOR VALUES FROM (0) TO (9);
--- good
CREATE TABLE parts (id bigint NOT NULL, day int NOT NULL, note text) PARTITION BY RANGE (day);
ALTER TABLE parts ATTACH PARTITION old FOR VALUES FROM (10) TO (20);
CREATE TABLE first PARTITION OF parts FOR VALUES FROM (0) TO (9);
--- history
CREATE TABLE orders (id int, day int) PARTITION BY RANGE (day);
--- bad
DO $$ BEGIN FOR i IN 1..3 LOOP
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I (LIKE orders)', 'e' || i);
END LOOP; END $$;
DO $$ BEGIN FOR i IN 1..3 LOOP
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF orders FOR VALUES FROM (%L) TO (%L)', 'o' || i, i, i + 1);
END LOOP; END $$;
