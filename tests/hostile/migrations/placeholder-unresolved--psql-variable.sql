CREATE TABLE :schema.t (a int);
