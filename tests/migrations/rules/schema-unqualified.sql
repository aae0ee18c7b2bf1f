--- bad
CREATE TABLE a (b int);
--- bad
ALTER TABLE a RENAME TO b;
--- bad
CREATE TABLE a AS SELECT 1 AS b;
--- good
CREATE TABLE public.a (b int);
--- good
CREATE TEMP TABLE a (b int);
--- good
DROP TRIGGER a ON public.b;
