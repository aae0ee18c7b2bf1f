#include "adapters/postgres/blockers.hpp"

#include <catch2/catch.hpp>

using adapters::postgres::tell_blockers;
using adapters::postgres::Values;

namespace {

Values holder(const std::string& pid) {
    return {"AccessExclusiveLock",
            "relation",
            "public.orders",
            pid,
            "psql",
            "report",
            "10.0.0.7",
            "idle in transaction",
            "2026-11-25T21:40:11Z",
            "2026-11-25T21:39:00Z",
            "AccessShareLock"};
}

}  // namespace

TEST_CASE("a holder is told with all that is known of it") {
    CHECK_FALSE(tell_blockers({}));
    CHECK(tell_blockers({holder("4711")}) ==
          "waiting for AccessExclusiveLock on relation public.orders, held (AccessShareLock) by "
          "pid 4711 (psql, user report, from 10.0.0.7), idle in transaction since "
          "2026-11-25T21:40:11Z, its transaction began 2026-11-25T21:39:00Z");
}

TEST_CASE("what a role may not see is left out") {
    const Values stranger{"ShareLock",  "transactionid", std::nullopt,   "4711",
                          "",           "report",        std::nullopt,   std::nullopt,
                          std::nullopt, std::nullopt,    "ExclusiveLock"};
    CHECK(tell_blockers({stranger}) ==
          "waiting for ShareLock on a transaction, held (ExclusiveLock) by pid 4711 (user report)");
    Values prepared = stranger;
    prepared[3] = "0";
    CHECK(tell_blockers({prepared})
              ->ends_with("held (ExclusiveLock) by a prepared transaction (user report)"));
    prepared[4] = "left over";
    CHECK(tell_blockers({prepared})
              ->ends_with("by the prepared transaction \"left over\" (user report)"));
}

TEST_CASE("three are named, and who only waits ahead is said to") {
    auto ahead = holder("2");
    ahead[10] = std::nullopt;
    const auto told = tell_blockers({holder("1"), ahead, holder("3"), holder("4"), holder("5")});
    REQUIRE(told);
    CHECK(told->find("; behind pid 2 (psql") != std::string::npos);
    CHECK(told->find("pid 4") == std::string::npos);
    CHECK(told->ends_with("; and 2 more"));
}
