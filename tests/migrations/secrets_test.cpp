#include "migrations/secrets.hpp"

#include <catch2/catch.hpp>

#include <string>

using migrations::find_secrets;

TEST_CASE("credentials are found wherever they stand in a script") {
    const std::string aws = std::string{"AK"} + "IA" + "QWERTYUIOPASDFGH";
    const std::string token = std::string{"gh"} + "p_" + std::string(36, 'a') + "b";
    for (const std::string& text : {
             std::string{"CREATE ROLE app LOGIN PASSWORD 's3cret-1';"},
             std::string{"ALTER USER app WITH ENCRYPTED PASSWORD $$s3cret-1$$;"},
             std::string{"ALTER ROLE app PASSWORD 'SCRAM-SHA-256$4096:abc$def:ghi';"},
             std::string{"DO $$ BEGIN EXECUTE 'ALTER ROLE app PASSWORD ''s3cret-1'''; END $$;"},
             std::string{
                 "CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'u', password 'pw1');"},
             std::string{"CREATE SUBSCRIPTION s CONNECTION 'host=h password=pw1' PUBLICATION p;"},
             std::string{"SELECT dblink_connect('host=h user=u password=pw1');"},
             std::string{"COMMENT ON TABLE a IS 'postgres://app:pw1@db.internal/app';"},
             "INSERT INTO settings VALUES ('" + aws + "');",
             "-- deployed with " + token,
             std::string{"INSERT INTO keys VALUES ('-----BEGIN RSA PRIVATE KEY-----\nMII');"},
             "INSERT INTO keys VALUES ('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." +
                 std::string(20, 'x') + "yz1');",
             std::string{"SET app.jwt_secret = 'a8f5f167f44f4964';"},
             std::string{"ALTER DATABASE shop SET \"app.jwt_secret\" TO 'a8f5f167f44f4964';"},
             std::string{"ALTER ROLE app SET app.settings.api_key = 'a8f5f167f44f4964';"},
             std::string{"SELECT set_config('app.secret_key', 'a8f5f167f44f4964', false);"},
             std::string{"DO $$ BEGIN EXECUTE format('CREATE ROLE %I PASSWORD %L', 'app', "
                         "'s3cret-1'); END $$;"},
         }) {
        INFO(text);
        CHECK(find_secrets(text).size() == 1);
    }
}

TEST_CASE("credentials are found in code, in comments and in what keeps them") {
    for (const std::string& text : {
             std::string{"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') "
                         "THEN CREATE ROLE app LOGIN PASSWORD 's3cret-1'; END IF; END $$;"},
             std::string{"DO $do$ BEGIN EXECUTE $x$ALTER ROLE app PASSWORD 's3cret-1'$x$; END "
                         "$do$;"},
             std::string{"DO $$ BEGIN EXECUTE format('CREATE ROLE %I PASSWORD ''%s''', 'app', "
                         "'s3cret-1'); END $$;"},
             std::string{"DO $$ BEGIN EXECUTE format('ALTER ROLE app PASSWORD %2$L', 'app', "
                         "'s3cret-1'); END $$;"},
             std::string{"DO $$ BEGIN EXECUTE 'ALTER ROLE app PASSWORD ' || "
                         "quote_literal('s3cret-1'); END $$;"},
             std::string{
                 "DO $$ DECLARE pw text := 's3cret-1'; BEGIN EXECUTE format('ALTER ROLE app "
                 "PASSWORD %L', pw); END $$;"},
             std::string{"DO $$ DECLARE v_password text DEFAULT 's3cret-1'; BEGIN PERFORM 1; END "
                         "$$;"},
             std::string{"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ SELECT "
                         "dblink_connect('host=h user=u password=pw1') $$;"},
             std::string{"-- CREATE ROLE app PASSWORD 's3cret-1';\nSELECT 1;"},
             std::string{"SELECT dblink_connect('host = h  user = u  password = pw1 ');"},
             std::string{"CREATE ROLE app PASSWORD 'testament';"},
             std::string{"SELECT pgp_sym_encrypt(card, 's3cret-1') FROM cards;"},
             std::string{"SELECT vault.create_secret('s3cret-1', 'stripe');"},
             std::string{"CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'u', "
                         "secret_access_key 's3cret-1');"},
         }) {
        INFO(text);
        CHECK(find_secrets(text).size() == 1);
    }
}

TEST_CASE("what holds no credential is left alone") {
    for (const char* text : {
             "CREATE ROLE app LOGIN PASSWORD NULL;",
             "CREATE ROLE app LOGIN PASSWORD 'changeme';",
             "DO $$ BEGIN CREATE ROLE app LOGIN PASSWORD 'test_password-1'; END $$;",
             "ALTER ROLE app PASSWORD '${APP_PASSWORD}';",
             "ALTER ROLE app PASSWORD :'app_password';",
             "CREATE TABLE users (id bigint, password text NOT NULL DEFAULT '');",
             "ALTER TABLE users ADD COLUMN password_hash text;",
             "COMMENT ON COLUMN users.password IS 'password=hashed with argon2';",
             "INSERT INTO links VALUES ('https://example.com/a:b@c');",
             "INSERT INTO links VALUES ('postgres://localhost:5432/app');",
             "-- password: see the wiki",
             "SELECT 'AKIA';",
             "SET app.tenant = 'acme'; SET search_path = 'a'; SELECT 'x';",
             "SET app.token_lifetime = '3600';",
             "UPDATE users SET api_key = 'none', token = '' WHERE users.token = 'a';",
             "SELECT set_config('app.jwt_secret', current_setting('a.b'), true), 'x';",
             "DO $$ BEGIN EXECUTE format('CREATE ROLE %I PASSWORD %L', 'app', pw); RAISE "
             "NOTICE 'made'; END $$;",
             "ALTER DATABASE shop SET \"app.jwt_secret\" TO '${JWT_SECRET}';",
             "UPDATE templates SET body = 'Type your password ''twice''.';",
             "INSERT INTO pages VALUES ($$ <p>The password 'swordfish' is too short</p> $$);",
             "COMMENT ON TABLE a IS 'set user= and password= in the client';",
             "INSERT INTO docs VALUES ('postgres://user:password@localhost/db');",
             "INSERT INTO docs VALUES ('https://{user}:{password}@host/');",
             "SELECT regexp_replace(url, '://[^:]+:[^@]+@', '://***:***@') FROM t;",
             "-- the user's password 'may' be empty\nSELECT 1;",
             "CREATE FUNCTION f(p text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE "
             "format('ALTER ROLE app PASSWORD %L', p); PERFORM log('done'); END $$;",
             "SELECT pgp_sym_decrypt(card, current_setting('app.key')), 'x' FROM cards;",
             "GRANT EXECUTE ON FUNCTION pgp_sym_encrypt(text, text) TO app; SELECT 'x', 'y';",
         }) {
        INFO(text);
        CHECK(find_secrets(text).empty());
    }
}

TEST_CASE("a secret is named by its kind and place, and never quoted") {
    migrations::Script script;
    script.path = "1_role.up.sql";
    script.text = "SELECT 1;\nCREATE ROLE app PASSWORD 's3cret-1';\n";
    const auto found = migrations::diagnose_secrets(script);
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 2);
    CHECK(found[0].source_line.empty());
    CHECK(found[0].message.find("s3cret") == std::string::npos);
    script.text = "-- varve: allow secret-in-script reason=\"a test role\"\n" + script.text;
    CHECK(migrations::diagnose_secrets(script)[0].accepted_because == "a test role");
}

TEST_CASE("a text is shown with stars for its secrets, as long as it was") {
    CHECK(migrations::without_secrets("CREATE ROLE a PASSWORD 's\xC3\xA9"
                                      "cret'; SELECT 'x';") ==
          "CREATE ROLE a PASSWORD ********; SELECT 'x';");
    CHECK(migrations::without_secrets("SELECT 1;") == "SELECT 1;");
    const std::string key =
        "VALUES ('-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----')";
    CHECK(migrations::without_secrets(key).find("MIIE") == std::string::npos);
}
