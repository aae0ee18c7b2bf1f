ALTER TABLE orders ADD COLUMN total numeric(12, 2) NOT NULL DEFAULT 0;

CREATE FUNCTION update_order_total() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders
    SET total = (SELECT coalesce(sum(quantity * price), 0)
                 FROM order_lines WHERE order_id = coalesce(NEW.order_id, OLD.order_id))
    WHERE id = coalesce(NEW.order_id, OLD.order_id);
    RETURN NULL;
END;
$$;

CREATE TRIGGER order_lines_total
AFTER INSERT OR UPDATE OR DELETE ON order_lines
FOR EACH ROW EXECUTE FUNCTION update_order_total();
