#include "adapters/postgres/shadow_limits.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace {

// Whether a server of our own is sent this statement.
bool is_sent(const std::string& text) {
    const auto script = migrations::kept_script("a.sql", text);
    REQUIRE(script.statements.size() == 1);
    return !adapters::postgres::why_not_on_shadow(script.statements.front(), text, true);
}

}  // namespace

TEST_CASE("what names a database is not sent: the one that is rehearsed on has another name") {
    CHECK_FALSE(is_sent("ALTER DATABASE app SET timezone = 'UTC'"));
    CHECK_FALSE(is_sent("alter  database\napp RENAME TO other"));
    CHECK_FALSE(is_sent("ALTER DATABASE app OWNER TO someone"));
    CHECK_FALSE(is_sent("ALTER DATABASE app CONNECTION LIMIT 5"));
    CHECK_FALSE(is_sent("COMMENT ON DATABASE app IS 'ours'"));
    CHECK_FALSE(is_sent("GRANT CONNECT ON DATABASE app TO someone"));
    CHECK_FALSE(is_sent("REVOKE ALL ON DATABASE app FROM PUBLIC"));
    CHECK(is_sent("COMMENT ON TABLE app IS 'what is on database app'"));
    CHECK(is_sent("GRANT SELECT ON app TO someone"));
    CHECK(is_sent("ALTER TABLE app RENAME TO other"));
    // It is tried in a transaction, where the server refuses it first.
    CHECK(is_sent("ALTER DATABASE app SET TABLESPACE fast"));
    CHECK(is_sent("REINDEX DATABASE app"));
}

TEST_CASE("what names a database is tried in a transaction at most") {
    const auto runs = [](const std::string& text) {
        const auto script = migrations::kept_script("a.sql", text);
        return !adapters::postgres::why_not_outside(script.statements.front(), text);
    };
    CHECK_FALSE(runs("REINDEX DATABASE app"));
    CHECK_FALSE(runs("REINDEX (CONCURRENTLY) SYSTEM app"));
    CHECK(runs("REINDEX SCHEMA app"));
    CHECK(runs("REINDEX TABLE CONCURRENTLY app"));
}
