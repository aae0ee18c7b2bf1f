#include "adapters/postgres/shadow_defaults.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace {

// What a shadow is sent in place of it, whose target's database is "app" (or is not known).
std::string as_sent(const std::string& text, const std::string& target = "app") {
    adapters::postgres::RehearsalPlace place;
    place.database = "shadow";
    place.target_database = target;
    const auto script = migrations::kept_script("a.sql", text);
    REQUIRE(script.statements.size() == 1);
    return adapters::postgres::as_of_shadow(script, 0, place).value_or("as it is");
}

}  // namespace

TEST_CASE("what is set for sessions on the target's database is set for the shadow's") {
    CHECK(as_sent("ALTER DATABASE app SET timezone = 'UTC'") ==
          "ALTER DATABASE \"shadow\" SET timezone = 'UTC'");
    CHECK(as_sent("alter /* database other */ database\nAPP reset all") ==
          "alter /* database other */ database\n\"shadow\" reset all");
    CHECK(as_sent("ALTER DATABASE \"app\"RESET search_path") ==
          "ALTER DATABASE \"shadow\"RESET search_path");
    CHECK(as_sent("ALTER DATABASE \"A b\"\"c\" SET a.b TO 1", "A b\"c") ==
          "ALTER DATABASE \"shadow\" SET a.b TO 1");
    CHECK(as_sent("ALTER USER ALL IN DATABASE app SET a.b = 'app'") ==
          "ALTER USER ALL IN DATABASE \"shadow\" SET a.b = 'app'");
    CHECK(as_sent("ALTER DATABASE some_name SET work_mem = '1MB'", "") ==
          "ALTER DATABASE \"shadow\" SET work_mem = '1MB'");
}

TEST_CASE("what names another database, or does more, is left as it is") {
    for (const char* text :
         {"ALTER DATABASE other SET timezone = 'UTC'", "ALTER DATABASE \"App\" RESET ALL",
          "ALTER DATABASE U&\"app\" SET work_mem = '1MB'", "ALTER DATABASE app SET TABLESPACE fast",
          "ALTER DATABASE app RENAME TO other", "ALTER DATABASE app OWNER TO someone",
          "ALTER ROLE someone IN DATABASE app SET work_mem = '1MB'", "ALTER ROLE ALL RESET ALL",
          "ALTER ROLE ALL IN DATABASE other RESET ALL", "ALTER ROLE app SET work_mem = '1MB'",
          "ALTER DATABASE app CONNECTION LIMIT 5"})
        CHECK(as_sent(text) == "as it is");
    CHECK(as_sent("ALTER DATABASE U&\"app\" SET work_mem = '1MB'", "") == "as it is");
}
