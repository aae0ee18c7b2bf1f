#include "migrations/rules/type_change.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace migrations::rules;
using migrations::sql::TypeName;

namespace {

TypeName type(const std::string& name, std::vector<int> modifiers = {}, int dimensions = 0) {
    return {"", name, std::move(modifiers), dimensions, 0};
}

TypeChangeCost cost(const TypeName& from, const TypeName& to, bool is_utc = false) {
    return cost_of(TypeChange{from, to, is_utc});
}

}  // namespace

TEST_CASE("what widens or reads the same bytes costs nothing") {
    CHECK(cost(type("varchar", {50}), type("varchar", {100})) == TypeChangeCost::none);
    CHECK(cost(type("varchar", {50}), type("text")) == TypeChangeCost::none);
    CHECK(cost(type("text"), type("varchar")) == TypeChangeCost::none);
    CHECK(cost(type("numeric", {10, 2}), type("numeric", {12, 2})) == TypeChangeCost::none);
    CHECK(cost(type("numeric", {10, 2}), type("numeric")) == TypeChangeCost::none);
    CHECK(cost(type("timestamp", {3}), type("timestamp", {6})) == TypeChangeCost::none);
    CHECK(cost(type("interval", {32767, 3}), type("interval")) == TypeChangeCost::none);
    constexpr int hour_to_minute = (1 << 10) | (1 << 11);
    constexpr int day_to_second = (1 << 3) | hour_to_minute | (1 << 12);
    CHECK(cost(type("interval", {32767, 3}), type("interval", {day_to_second})) ==
          TypeChangeCost::none);
    CHECK(cost(type("interval", {hour_to_minute}), type("interval", {32767, 3})) ==
          TypeChangeCost::none);
    CHECK(cost(type("interval", {day_to_second}), type("interval", {hour_to_minute})) ==
          TypeChangeCost::rewrite);
    CHECK(cost(type("interval", {32767, 5}), type("interval", {32767, 3})) ==
          TypeChangeCost::rewrite);
    CHECK(cost(type("varbit", {8}), type("varbit")) == TypeChangeCost::none);
    CHECK(cost(type("xml"), type("text")) == TypeChangeCost::none);
    CHECK(cost(type("cidr"), type("inet")) == TypeChangeCost::none);
}

TEST_CASE("some changes spare the rows and build the indexes anew") {
    CHECK(cost(type("text"), type("citext")) == TypeChangeCost::index_rebuild);
    CHECK(cost(type("citext"), type("varchar")) == TypeChangeCost::index_rebuild);
    CHECK(cost(type("text"), type("bpchar")) == TypeChangeCost::index_rebuild);
    CHECK(cost(type("int4"), type("oid")) == TypeChangeCost::index_rebuild);
    CHECK(cost(type("bit", {8}), type("varbit")) == TypeChangeCost::index_rebuild);
    CHECK(cost(type("timestamp"), type("timestamptz"), true) == TypeChangeCost::index_rebuild);
    CHECK(cost(type("timestamp", {3}), type("timestamptz"), true) == TypeChangeCost::index_rebuild);
    CHECK(cost(type("timestamptz"), type("timestamp", {6}), true) == TypeChangeCost::index_rebuild);
}

TEST_CASE("everything else rewrites the table") {
    CHECK(cost(type("int4"), type("int8")) == TypeChangeCost::rewrite);
    CHECK(cost(type("varchar", {50}), type("varchar", {20})) == TypeChangeCost::rewrite);
    CHECK(cost(type("text"), type("varchar", {255})) == TypeChangeCost::rewrite);
    CHECK(cost(type("bpchar", {10}), type("bpchar", {20})) == TypeChangeCost::rewrite);
    CHECK(cost(type("numeric", {10, 2}), type("numeric", {12, 4})) == TypeChangeCost::rewrite);
    CHECK(cost(type("numeric"), type("numeric", {12, 4})) == TypeChangeCost::rewrite);
    CHECK(cost(type("timestamp"), type("timestamptz")) == TypeChangeCost::rewrite);
    CHECK(cost(type("timestamp", {3}), type("timestamptz", {3}), true) == TypeChangeCost::rewrite);
    CHECK(cost(type("timestamptz", {3}), type("timestamp", {5}), true) == TypeChangeCost::rewrite);
    CHECK(cost(type("timestamp"), type("timestamp", {3})) == TypeChangeCost::rewrite);
    CHECK(cost(type("json"), type("jsonb")) == TypeChangeCost::rewrite);
    CHECK(cost(type("name"), type("text")) == TypeChangeCost::rewrite);
    CHECK(cost(type("varchar", {10}, 1), type("varchar", {20}, 1)) == TypeChangeCost::rewrite);
    CHECK(cost(type("varchar", {10}, 1), type("text", {}, 1)) == TypeChangeCost::rewrite);
    CHECK(cost(type("inet"), type("cidr")) == TypeChangeCost::rewrite);
}

TEST_CASE("what a narrower type may lose") {
    CHECK(may_lose(type("int8"), type("int4")));
    CHECK(may_lose(type("text"), type("varchar", {20})));
    CHECK(may_lose(type("numeric", {10, 2}), type("numeric", {10, 4})));
    CHECK(may_lose(type("timestamptz"), type("date")));
    CHECK(may_lose(type("interval"), type("interval", {32767, 1})));
    CHECK_FALSE(may_lose(type("interval", {32767, 1}), type("interval", {32767, 3})));
    CHECK_FALSE(may_lose(type("int2"), type("int8")));
    CHECK_FALSE(may_lose(type("varchar", {10}), type("varchar", {20})));
    CHECK_FALSE(may_lose(type("numeric", {10, 2}), type("numeric", {12, 2})));
    CHECK_FALSE(may_lose(type("int4"), type("text")));
    CHECK(is_usually_narrower(type("int2")));
    CHECK_FALSE(is_usually_narrower(type("int8")));
}
