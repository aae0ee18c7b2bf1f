#include "migrations/secrets.hpp"

#include "migrations/sql/script.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

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

TEST_CASE("credentials are found whatever a statement calls them, and in what it connects with") {
    for (const char* text : {
             "CREATE ROLE b PASSWORD 'hunter2xx;",
             "CREATE ROLE b PASSWORD E'hunter2xx;\nSELECT 1;",
             "CREATE ROLE b PASSWORD \"hunter2xx\";",
             "CREATE ROLE b PASSWORD \"hunter2xx",
             "CREATE ROLE b PASSWORD hunter2xx;",
             "CREATE SUBSCRIPTION s CONNECTION 'postgresql://h/d?user=u&password=hunter2xx' "
             "PUBLICATION p;",
             "INSERT INTO t VALUES ('jdbc:postgresql://h/d?user=u&password=hunter2xx');",
             "INSERT INTO t VALUES ('jdbc:sqlserver://h;user=u;password=hunter2xx;');",
             "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (user 'b', \"password\" "
             "'hunter2xx');",
             "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (aws_secret_access_key 'hunter2xx');",
             "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (token 'hunter2xx');",
             "ALTER SERVER s OPTIONS (SET private_key_passphrase 'hunter2xx');",
             "SELECT f(aws_secret_access_key := 'hunter2xx');",
             "SELECT f(api_key => 'hunter2xx');",
             "SELECT dblink_connect('password=hunter2xx');",
             "DO $$ BEGIN PERFORM dblink_connect('host=h password=' || 'hunter2xx'); END $$;",
             "SELECT format('host=h user=%s password=%s', 'u', 'hunter2xx');",
             "INSERT INTO t VALUES ('Server=h;Database=d;Password=hunter2xx;');",
             "INSERT INTO t VALUES ('Data Source=h;User Id=u;Pwd=hunter2xx;');",
             "COPY t FROM PROGRAM 'PGPASSWORD=hunter2xx psql -c x';",
             "COPY t FROM PROGRAM 'curl -u u:hunter2xx https://h/x';",
             "COPY t FROM PROGRAM 'mysql -u root -phunter2xx -e x';",
             "\\set password 'hunter2xx'\nSELECT 1;",
             "\\setenv PGPASSWORD hunter2xx\nSELECT 1;",
             "SELECT encrypt(b, 'hunter2xx', 'aes') FROM t;",
             "SELECT hmac(d, 'hunter2xx', 'sha256') FROM t;",
             "SELECT sign(x, 'hunter2xx') FROM t;",
             "SET app.signing_key TO 'hunter2xx';",
             "UPDATE t SET a = '{\"user\": \"u\", \"password\": \"hunter2xx\"}';",
             "INSERT INTO app.settings (key, value) VALUES ('smtp_password', 'hunter2xx');",
         }) {
        INFO(text);
        CHECK(find_secrets(text).size() == 1);
        CHECK(migrations::without_secrets(text).find("hunter2xx") == std::string::npos);
    }
}

namespace {

const std::string hex32 = "0123456789abcdef0123456789abcdef";
const std::string mixed40 = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3hJ5kL7n";

const std::vector<std::string> known_tokens = {
    "AccountKey=" + mixed40 + mixed40 + "abcdef==",
    "SharedAccessKey=" + mixed40 + "abc=",
    "https://a.blob/c?se=2027&sig=" + mixed40 + "ab%3D",
    std::string{"https://hooks.slack.com/services/T0123AB4C/B0123AB4C/"} + mixed40.substr(0, 24),
    "https://discord.com/api/webhooks/123456789012345678/" + mixed40 + mixed40.substr(0, 28),
    std::string{"-----BEGIN PGP PRIVATE "} + "KEY BLOCK-----\nlQOY\n",
    std::string{"gh"} + "r_" + mixed40,
    std::string{"glp"} + "tt-" + hex32 + "01234567",
    std::string{"gld"} + "t-" + mixed40.substr(0, 20),
    std::string{"xox"} + "s-" + mixed40,
    std::string{"sk_te"} + "st_" + mixed40.substr(0, 24),
    std::string{"s"} + "k-" + mixed40.substr(0, 20) + std::string{"T3Blb"} + "kFJ" +
        mixed40.substr(0, 20),
    std::string{"sk-sv"} + "cacct-" + mixed40,
    std::string{"h"} + "f_" + mixed40.substr(0, 34),
    std::string{"GOC"} + "SPX-" + mixed40.substr(0, 28),
    std::string{"ya"} + "29." + mixed40,
    std::string{"pypi"} + "-AgEI" + mixed40 + mixed40,
    std::string{"dckr"} + "_pat_" + mixed40.substr(0, 27),
    std::string{"da"} + "pi" + hex32,
    std::string{"lin"} + "_api_" + mixed40,
    std::string{"shp"} + "ss_" + hex32,
    std::string{"gl"} + "sa_" + mixed40.substr(0, 32) + "_0123abcd",
    std::string{"//registry.npmjs.org/:_auth"} + "Token=" + mixed40,
    std::string{"S"} + "K" + hex32,
    std::string{"mailgun: key"} + "-" + hex32,
    std::string{"123456789:A"} + "A" + mixed40.substr(0, 33),
    "Authorization: Bearer " + mixed40,
    "Authorization: Basic dXNlcjpodW50ZXIyeHg=",
};

}  // namespace

TEST_CASE("tokens are known by how they begin, how long they are and what they are made of") {
    for (const std::string& text : known_tokens) {
        INFO(text);
        CHECK(find_secrets("INSERT INTO t VALUES ('" + text + "');").size() == 1);
    }
    for (const std::string& text : std::vector<std::string>{
             std::string{"cache key"} + "-" + hex32,
             std::string{"S"} + "K" + hex32 + "00",
             "hf_model_for_everything_that_is_there",
             std::string{"https://hooks.slack.com/services/T00000000/B00000000/"} +
                 std::string(24, 'X'),
             std::string{"Authorization: Bearer authenticationrequiredhere"},
             std::string{"PGPASSWORD=$DB_PASSWORD psql"},
         }) {
        INFO(text);
        CHECK(find_secrets("INSERT INTO t VALUES ('" + text + "');").empty());
    }
}

TEST_CASE("a placeholder of any tool is no password") {
    for (const char* value : {"@DB_PASSWORD@", "$DB_PASSWORD", "$db_password", "%DB_PASSWORD%",
                              "#{pw}", "__DB_PASSWORD__", "$(DB_PASSWORD)", "{db_password}"}) {
        INFO(value);
        const std::string text = value;
        CHECK(find_secrets("CREATE ROLE b PASSWORD '" + text + "';").empty());
        CHECK(find_secrets("SELECT dblink_connect('host=h password=" + text + "');").empty());
    }
    CHECK(find_secrets("CREATE ROLE b PASSWORD '$ecret12';").size() == 1);
    CHECK(find_secrets("CREATE ROLE b PASSWORD '@hunter2';").size() == 1);
}

TEST_CASE("what the parser quotes of a secret is hidden") {
    const std::string text = "SELECT 1;\nCREATE ROLE é PASSWORD 'hunter2xx;\nSELECT 2;\n";
    auto found = migrations::sql::read_statements({text, "a.sql"}).diagnostics;
    migrations::hide_secrets(text, 1, found);
    REQUIRE_FALSE(found.empty());
    for (const auto& each : found) {
        CHECK(each.message.find("hunter") == std::string::npos);
        CHECK(each.source_line.find("hunter") == std::string::npos);
    }
    CHECK(found[0].message.find("unterminated quoted string at or near \"****") == 0);
    CHECK(found[0].source_line.find("CREATE ROLE é PASSWORD ****") == 0);
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
             "-- create a role with a password from the vault",
             "ALTER ROLE app PASSWORD null VALID UNTIL 'infinity';",
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
             "SELECT u.password \"Password\" FROM users u;",
             "CREATE TABLE \"user\" (password \"char\");",
             "INSERT INTO labels VALUES ('reset_password', 'Reset your password1');",
             "INSERT INTO forms VALUES ('{\"password\": \"required\"}');",
             "INSERT INTO users VALUES ('{\"password\": \"$2b$10$abcdefghijklmnopqrstuv\"}');",
             "INSERT INTO links VALUES ('https://example.com/reset?password=true');",
             "SELECT sign(x), hmac(a, b, 'sha256') FROM t;",
             "UPDATE users SET token = 'abc12345' WHERE password = 'abc12345';",
             "COPY t FROM PROGRAM 'mysql -u root -P 3306 -p -e x';",
             "\\set password `cat secret`\nSELECT 1;",
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

namespace {

// What no scanner should take for a secret: names, hashes, references, messages, prose.
const std::vector<std::string> harmless_texts = {
    "CREATE INDEX npm_package_versions_package_id_version_created_idx ON t (a);",
    "SELECT SG.student_group_identifier FROM student_group SG;",
    "CREATE TABLE gho_orders_archive_2020_partition_x (a int);",
    "CREATE TABLE s (encrypt text CHECK (encrypt IN ('none', 'starttls', 'ssl')));",
    "CREATE TABLE s (token text, sign text CHECK (sign IN ('aries', 'taurus')));",
    "-- Alter user table: the password's hash grows longer\nSELECT 1;",
    "-- Create a user role whose password's managed by Vault\nSELECT 1;",
    "-- Alter the user table so that password 'reset' works\nSELECT 1;",
    "-- CREATE USER app WITH PASSWORD 'your password here'\nSELECT 1;",
    "DO $$ BEGIN RAISE NOTICE 'run: ALTER USER app PASSWORD ''<new password>'''; END $$;",
    "INSERT INTO app_config VALUES ('smtp_password', 'vault:secret/data/smtp1');",
    "INSERT INTO app_config VALUES ('db_password', 'arn:aws:secretsmanager:eu:1:secret:x1');",
    "INSERT INTO app_settings VALUES ('reset_password', 'a3b8d1b6-0b3b-4b1a-9c1a-1a2b3c4d5e6f');",
    "INSERT INTO app_settings VALUES ('forgot_password', 'auth.v2.forgot_password');",
    "INSERT INTO t VALUES ('{\"password\": \"{bcrypt}$2a$10$abcdefghij0123456789\"}');",
    "INSERT INTO t VALUES ('{\"client_secret\": \"client_secret_basic2\"}');",
    "SELECT set_config('app.require_password', 'true', false);",
    "ALTER DATABASE d SET app.validate_csrf_token = 'on';",
    "DO $$ DECLARE hint_password text := 'Password must have 8 characters'; BEGIN END $$;",
    "DO $$ DECLARE col_password text := 'password_digest'; BEGIN END $$;",
    "INSERT INTO t VALUES ('Cannot create user: password %s is too short', 'Das ist kurz');",
    "CREATE ROLE password LOGIN;",
    "ALTER TABLE t ADD CHECK (pem LIKE '-----BEGIN PRIVATE KEY-----%');",
    "COMMENT ON COLUMN t.pem IS 'begins with -----BEGIN RSA PRIVATE KEY-----';",
    "-- postgres://user:secret@host/db\nSELECT 1;",
};

}  // namespace

TEST_CASE("what only looks like a secret is none") {
    for (const std::string& text : harmless_texts) {
        INFO(text);
        CHECK(find_secrets(text).empty());
    }
    CHECK(find_secrets("CREATE ROLE a PASSWORD = 's3cret-x1y';").size() == 1);
    CHECK(find_secrets("-- ALTER ROLE a PASSWORD 's3cretx1y'\nSELECT 1;").size() == 1);
}

TEST_CASE("what repeats the marks of secrets takes no longer than its length") {
    std::string settings = "SELECT '";
    std::string keys;
    std::string comment = "-- host=h, ";
    for (int count = 0; count < 40'000; ++count) {
        settings += "password=";
        keys += "PRIVATE KEY-----";
        comment += "password=a ";
    }
    CHECK(find_secrets(settings + "';").empty());
    CHECK(find_secrets(keys).empty());
    CHECK(find_secrets(comment).empty());
}

TEST_CASE("a comment's connection string is found, quoted or not") {
    for (const char* text : {
             "-- host=prod.example.com user=app password=hunter2xx\nSELECT 1;",
             "/* host=h user=u password=hunter2xx */ SELECT 1;",
             "SELECT 1; /* left open: password=hunter2xx host=h",
             "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 -- port=1 "
             "password=hunter2xx\n"
             "$$;",
             "-- don't use dbname=d  password = 'hunter2xx' sslmode=require\nSELECT 1;",
             "-- psql \"service=s password=hunter2xx\"\nSELECT 1;",
             "-- host = h password = hunter2xx\nSELECT 1;",
             "-- host=h, user=u, password=hunter2xx\nSELECT 1;",
             "-- Host=h;Port=1;Password=hunter2xx;\nSELECT 1;",
             "CREATE TALBE a(); -- hostaddr=::1 password=hunter2xx",
         }) {
        INFO(text);
        CHECK(find_secrets(text).size() == 1);
        CHECK(migrations::without_secrets(text).find("hunter2xx") == std::string::npos);
    }
}

TEST_CASE("of a comment's password no part is shown, whatever it is made of") {
    for (const std::string password :
         {"a1;hunter2xx", "hunter2xx'yz", "ab&hunter2xx", "hunter2xx,y"}) {
        const std::string text = "-- host=h user=u password=" + password + " dbname=d\nSELECT 1;";
        INFO(text);
        const auto shown = migrations::without_secrets(text);
        CHECK(shown.find("hunter2xx") == std::string::npos);
        CHECK(shown.find("yz") == std::string::npos);
        CHECK(shown.find(" dbname=d\nSELECT 1;") != std::string::npos);
    }
}

TEST_CASE("a comment's form, code or prose is no credential") {
    for (const char* text : {
             "-- psql \"host=db user=app password=$(cat /run/secrets/pw1) dbname=x\"",
             "-- format('host=%1$s user=%2$s password=%3$s', h, u, p)",
             "-- host=db user=app password=#{ENV['PW1']}",
             "-- host=db user=app password=PASSWORD",
             "-- if user = old_user; password = new_password",
             "-- user = and password = are taken from ~/.pgpass",
         }) {
        INFO(text);
        CHECK(find_secrets(text).empty());
    }
}

TEST_CASE("a comment's line about connections holds no credential without one") {
    for (const char* text : {
             "-- password=hunter2xx",
             "-- host=h user=u\n-- password=hunter2xx",
             "-- set user= and password= are needed",
             "-- host= user= password=\n",
             "-- host=h user=user password=secret",
             "-- host=h password=<yours> or password=[yours] or password=*** or password=...",
             "-- host=h password=$PGPASSWORD or password=${PW} or password={{ pw }} or password=%s",
             "-- host=h user=u password=changeme",
             "-- SELECT * FROM t WHERE user = 'u' AND password = 'hunter2xx'",
             "-- UPDATE t SET user = NEW.user, password = NEW.password2",
             "-- INSERT ... SET user=p_user, password=crypt(p_password, gen_salt('bf'))",
             "-- 'host=h password=' || pw || ' dbname=d'",
             "-- host=h, user=u, password=secret",
         }) {
        INFO(text);
        CHECK(find_secrets(text).empty());
    }
}
