CREATE TABLE products (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku      text NOT NULL UNIQUE,
    title    text NOT NULL,
    price    numeric(10, 2) NOT NULL CHECK (price >= 0),
    in_stock integer NOT NULL DEFAULT 0 CHECK (in_stock >= 0)
);

INSERT INTO products (sku, title, price, in_stock) VALUES
    ('MUG-1', 'Mug, white', 8.50, 120),
    ('MUG-2', 'Mug, blue', 9.00, 80),
    ('POT-1', 'Teapot', 34.90, 15);
