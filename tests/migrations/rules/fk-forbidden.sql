--- bad
CREATE TABLE lines (order_id bigint REFERENCES orders (id));
--- good
CREATE TABLE lines (order_id bigint);
