#include "adapters/postgres/secrets.hpp"

#include "adapters/postgres/connection_string.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <string>

using adapters::postgres::without_password;
using adapters::postgres::without_secrets;

TEST_CASE("a connection string is shown without its password, however it is written") {
    for (const std::string text : {"host=/tmp/x password = s3cretpw",
                                   "host=h password='s3cretpw s3cretpw' port=1",
                                   R"(password='it\'s s3cretpw' host=h)",
                                   R"(password=a\ s3cretpw host=h)",
                                   "PASSWORD=s3cretpw",
                                   "host=h sslpassword=s3cretpw",
                                   "password=a s3cretpw b",
                                   "postgresql://u:p/s3cretpw@h/d",
                                   "postgresql://u:x@s3cretpw@h:1/x",
                                   "postgresql://u:p?s3cretpw@h/d",
                                   "postgresql://u:p/q?s3cretpw@h/d",
                                   "postgresql://u:a s3cretpw@h/d",
                                   "postgresql:///d?password=s3cretpw",
                                   "postgresql:///d?sslmode=disable&sslpassword=s3cretpw&port=1",
                                   "postgresql:///d?p%61ssword=s3cretpw",
                                   "password=a&s3cretpw host=h",
                                   "dbname=postgresql://u:s3cretpw@h/d",
                                   "u:s3cretpw@h/d",
                                   "postgres//u:s3cretpw@h/d",
                                   "host=h pasword=s3cretpw",
                                   "host=h pass=s3cretpw"}) {
        INFO(text);
        CHECK(without_password(text).find("s3cretpw") == std::string::npos);
        CHECK(without_password(text).find("***") != std::string::npos);
    }
}

TEST_CASE("the rest of a connection string stays readable") {
    CHECK(without_password("postgresql://u:x@y@h:1/d?sslmode=disable&password=z&port=1") ==
          "postgresql://u:***@h:1/d?sslmode=disable&password=***&port=1");
    CHECK(without_password("host=h password = 'a b' port=1") == "host=h password = *** port=1");
    for (const std::string text :
         {"postgresql://u@h:5432/d?sslmode=disable", "postgresql://h:5432/d", "postgresql:///d",
          "host=h passfile=/home/u/.pgpass port=1", ""})
        CHECK(without_password(text) == text);
}

TEST_CASE("a text of the server is kept without the passwords it quotes") {
    CHECK(without_secrets("conn postgresql://u:s3cretpw@h/d failed password=s3cretpw") ==
          "conn postgresql://u:***@h/d failed password=***");
    CHECK(without_secrets("a://u:x@h,b://v:y@h2 c://w:z@h3") == "a://u:***@h2 c://w:***@h3");
    CHECK(without_secrets("CREATE ROLE r PASSWORD 'it''s' LOGIN") ==
          "CREATE ROLE r PASSWORD *** LOGIN");
    CHECK(without_secrets("alter role r encrypted password E'a\\'b' x") ==
          "alter role r encrypted password *** x");
    CHECK(without_secrets("role r password $t$a'b$t$ x") == "role r password *** x");
    CHECK(without_secrets("password => 'a' password := 'b' x") ==
          "password => *** password := *** x");
    CHECK(without_secrets("PASSWORD 'cut off") == "PASSWORD ***");
}

TEST_CASE("a text without a password is kept as it is") {
    for (const std::string text :
         {"password authentication failed for user \"u\"", "column \"password\" does not exist",
          "ALTER ROLE r PASSWORD NULL", "role r password $1 and $2", "see https://example.com/a:b",
          "password", "password =", "://", ""})
        CHECK(without_secrets(text) == text);
}

TEST_CASE("a long text full of beginnings is read once") {
    std::string text;
    for (int i = 0; i < 200'000; ++i) text += "://u:password";
    CHECK(without_secrets(text) == text);
}

TEST_CASE("a URL whose password holds an at sign is refused without being quoted") {
    const auto error = tests::error_of(
        adapters::postgres::parse_connection_string("postgresql://u:s3c@retpw@localhost:1/x"));
    CHECK(error.reason == "target-url-invalid");
    CHECK(error.detail.find("retpw") == std::string::npos);
}
