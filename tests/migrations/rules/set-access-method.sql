--- bad
ALTER TABLE orders SET ACCESS METHOD columnar;
--- good
ALTER TABLE orders SET (fillfactor = 70);
