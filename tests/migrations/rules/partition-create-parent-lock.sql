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
ALTER TABLE events DETACH PARTITION events_2021 CONCURRENTLY;
DROP TABLE events_2021;
