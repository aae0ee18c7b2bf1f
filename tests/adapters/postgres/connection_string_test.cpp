#include "adapters/postgres/connection_string.hpp"

#include "adapters/postgres/connection.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using adapters::postgres::Connection;
using adapters::postgres::masked;
using adapters::postgres::parse_connection_string;
using adapters::postgres::startup_option;
using tests::must;

TEST_CASE("a URL is shown without its password") {
    const auto string =
        must(parse_connection_string("postgresql://u:p%40ss@h:5433/d?sslmode=disable"));
    CHECK(string.shown == "u@h:5433/d");
    CHECK(masked(string, "FATAL: p@ss for p@ss") == "FATAL: *** for ***");
    CHECK(must(parse_connection_string("host=h user=u dbname=d port=1 password='a b'")).shown ==
          "u@h:1/d");
}

TEST_CASE("several hosts are shown each with its port") {
    const auto shown = [](const std::string& text) {
        return must(parse_connection_string(text)).shown;
    };
    CHECK(shown("postgresql://u@h1,h2/d") == "u@h1:5432,h2:5432/d");
    CHECK(shown("postgresql://u@h1:1,h2:2/d") == "u@h1:1,h2:2/d");
    CHECK(shown("host=h1,h2 port=7 user=u dbname=d") == "u@h1:7,h2:7/d");
}

TEST_CASE("parameters that libpq refuses are no server that cannot be reached") {
    const auto refused = [](const std::string& text) {
        const auto string = must(parse_connection_string(text));
        return tests::error_of(Connection::open(string, "varve", ""));
    };
    for (const char* mistake :
         {"sslmode=bogus", "target_session_attrs=leader", "port=99999", "port=1,2,3",
          "hostaddr=a,b", "service=no-such-service", "channel_binding=x"}) {
        INFO(mistake);
        const auto error = refused(std::string{"host=/nonexistent "} + mistake);
        CHECK(error.code == ledger::Code::refused);
        CHECK(error.reason == "target-url-invalid");
    }
    CHECK(refused("host=127.0.0.1 port=1 connect_timeout=abc").reason == "target-url-invalid");
    CHECK(refused("host=/nonexistent").reason == "target-unreachable");
    CHECK(refused("host=127.0.0.1 port=1 user=invalid").reason == "target-unreachable");
}

TEST_CASE("a password that is a word of the sentence is not told by stars in its place") {
    const auto sentence = [](const std::string& password) {
        const auto string = must(parse_connection_string("postgresql://u:" + password + "@h/db"));
        return masked(string,
                      "connection to server at \"h\", port 5432 failed: Connection refused");
    };
    for (const char* password : {"s", "server", "5432", "refuse", "to"})
        CHECK(sentence(password) == sentence("not-there"));
    const auto string = must(parse_connection_string("postgresql://u:server@h/db"));
    CHECK(masked(string, "host name \"server\" of server") == "host name \"***\" of server");
    const auto twice = must(parse_connection_string("postgresql://ghost:ghost@h:1/db"));
    CHECK(twice.shown == "***@h:1/db");
    CHECK(masked(twice, "role \"ghost\" does not exist") == "role \"***\" does not exist");
}

TEST_CASE("a URL of another driver is told from one that cannot be read") {
    for (const char* url :
         {"jdbc:postgresql://h/d?user=u&password=secret", "postgresql+psycopg2://u:secret@h/d"}) {
        const auto read = parse_connection_string(url);
        REQUIRE_FALSE(read);
        CHECK(read.error().detail.find("it is a URL of ") != std::string::npos);
        CHECK(read.error().help.find("postgresql://user@host") != std::string::npos);
        CHECK((read.error().detail + read.error().help).find("secret") == std::string::npos);
    }
}

TEST_CASE("options of the URL win over PGOPTIONS") {
    setenv("PGOPTIONS", "-c work_mem=1MB", 1);
    CHECK(must(parse_connection_string("postgresql:///d")).options == "-c work_mem=1MB");
    CHECK(must(parse_connection_string("postgresql:///d?options=-csearch_path%3Da")).options ==
          "-csearch_path=a");
    unsetenv("PGOPTIONS");
    CHECK(must(parse_connection_string("postgresql:///d")).options.empty());
}

TEST_CASE("a service is shown as what it stands for, and its password is a secret") {
    const auto file =
        std::filesystem::temp_directory_path() / ("varve-services." + std::to_string(getpid()));
    std::ofstream{file} << "[shop]\nhost=127.0.0.1\nport=1\ndbname=d\nuser=u\npassword=p@ss\n"
                           "connect_timeout=3\noptions=-c work_mem=1MB\n";
    setenv("PGSERVICEFILE", file.c_str(), 1);
    const auto string = must(parse_connection_string("service=shop"));
    CHECK(string.shown == "u@127.0.0.1:1/d");
    CHECK(masked(string, "p@ss") == "***");
    CHECK(string.has_connect_timeout);
    CHECK(string.options == "-c work_mem=1MB");
    CHECK(must(parse_connection_string("service=shop user=other")).shown == "other@127.0.0.1:1/d");
    CHECK(must(parse_connection_string("service=none dbname=x user=y")).shown == "y@local:5432/x");
    unsetenv("PGSERVICEFILE");
    std::filesystem::remove(file);
}

TEST_CASE("a string that cannot be read is refused without being quoted") {
    for (const std::string text :
         {"postgresql://u:se/cret@h/d", "nonsense cret", "postgresql://u:cret%zz@h/d",
          "password='cret", "postgresql://[::1/cret", "postgresql:///d?cret"}) {
        INFO(text);
        const auto error = tests::error_of(parse_connection_string(text));
        CHECK(error.reason == "target-url-invalid");
        CHECK(error.detail.find("cret") == std::string::npos);
    }
}

TEST_CASE("what is no connection string is told from one with a mistake") {
    const auto why = [](const std::string& text) {
        const std::string detail = tests::error_of(parse_connection_string(text)).detail;
        const std::string begin = "the connection string cannot be read: ";
        REQUIRE(detail.starts_with(begin));
        return detail.substr(begin.size());
    };
    const std::string neither =
        "it is neither a URL (postgresql://...) nor words such as dbname=shop";
    CHECK(why("shop") == neither);
    CHECK(why("127.0.0.1:54391/f") == neither);
    CHECK(why("mysql://x/y") == "mysql:// is not PostgreSQL's");
    CHECK(why("mysql://u:cret@x/y?a=b") == "mysql:// is not PostgreSQL's");
    CHECK(why("dbname=shop cret") == "a word of it has no \"=\"");
    CHECK(why("postgresql://u@h/d?foo=bar") == "invalid URI query parameter \"foo\"");
    CHECK(why("postgresql://u:cret@h/d?foo=bar") == "invalid URI query parameter");
    CHECK(why("postgresql://u:geh?eim=wort") == "invalid URI query parameter");
    CHECK(why("postgres://u:ab/cd?topsecret=1%40host/db") == "invalid URI query parameter");
    CHECK(why("dbnam=shop password=cret") == "invalid connection option");
    CHECK(why("dbname=shop user=bob password=top name=hunter") == "invalid connection option");
    CHECK(why("postgresql://h/db?options=-csearch_path=x") ==
          "a value in it has a second \"=\": write %3D");
}

TEST_CASE("a parameter that may be a piece of a password is not named") {
    for (const std::string text : {"postgresql://u:pa/ss?cret=1@h/d", "password=a cret=1",
                                   "postgresql:///d?password=a&cret=1"}) {
        INFO(text);
        const auto error = tests::error_of(parse_connection_string(text));
        CHECK(error.detail.find("cret") == std::string::npos);
    }
}

TEST_CASE("another tool's parameter is named") {
    const auto error =
        tests::error_of(parse_connection_string("postgresql://u:cret@h/d?schema=public"));
    CHECK(error.reason == "target-url-invalid");
    CHECK(error.detail.find("\"schema\" is another tool's") != std::string::npos);
    CHECK(error.detail.find("cret") == std::string::npos);
}

TEST_CASE("startup options are escaped for the server's own splitting") {
    CHECK(startup_option("lock_timeout", "5 s") == "-c lock_timeout=5\\ s");
    CHECK(startup_option("a", "\\") == "-c a=\\\\");
}
