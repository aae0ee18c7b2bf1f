CREATE TABLE payments (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id    bigint NOT NULL REFERENCES orders (id),
    amount      numeric(12, 2) NOT NULL CHECK (amount > 0),
    received_at timestamptz NOT NULL DEFAULT now()
);

-- Orders that were paid before payments were kept.
INSERT INTO payments (order_id, amount, received_at)
SELECT id, total, payed_at
FROM orders
WHERE state IN ('paid', 'shipped');
