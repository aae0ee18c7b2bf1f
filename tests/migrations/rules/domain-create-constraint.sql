--- bad
CREATE DOMAIN amount AS int CHECK (VALUE > 0);
--- bad
CREATE DOMAIN amount AS int NOT NULL;
--- good
CREATE DOMAIN amount AS int;
