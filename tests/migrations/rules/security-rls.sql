--- bad
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
--- bad
ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
--- good
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON public.orders USING (true);
--- bad
DROP POLICY p ON orders;
--- good
DROP POLICY p ON orders;
CREATE POLICY p ON public.orders USING (true);
