CREATE VIEW open_orders AS
SELECT orders.id, customers.name, orders.total, orders.placed_at
FROM orders
JOIN customers ON customers.id = orders.customer_id
WHERE orders.state = 'open';

COMMENT ON VIEW open_orders IS 'What is still to be paid.';
