--- bad
ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders (id);
--- good
ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE NO ACTION;
--- good
ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;
