--- bad
ALTER TABLE orders SET ACCESS METHOD columnar;
--- good
ALTER TABLE orders SET (fillfactor = 70);
--- bad server=17
ALTER TABLE orders SET ACCESS METHOD DEFAULT;
--- history
CREATE TABLE p (d int) PARTITION BY RANGE (d);
--- good
ALTER TABLE p SET ACCESS METHOD columnar;
