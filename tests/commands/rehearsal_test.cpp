#include "commands/rehearsal.hpp"

#include <catch2/catch.hpp>

namespace rehearsal_test {

using namespace commands;

TEST_CASE("locks conflict as PostgreSQL's table says, both ways") {
    for (int one = 1; one <= 8; ++one)
        for (int other = 1; other <= 8; ++other)
            CHECK(conflict(static_cast<LockMode>(one), static_cast<LockMode>(other)) ==
                  conflict(static_cast<LockMode>(other), static_cast<LockMode>(one)));
    CHECK(conflict(LockMode::access_exclusive, LockMode::access_share));
    CHECK_FALSE(conflict(LockMode::exclusive, LockMode::access_share));
    CHECK_FALSE(conflict(LockMode::row_exclusive, LockMode::row_exclusive));
    CHECK(conflict(LockMode::share, LockMode::row_exclusive));
    CHECK_FALSE(conflict(LockMode::share, LockMode::share));
    CHECK(conflict(LockMode::share_update_exclusive, LockMode::share_update_exclusive));
    CHECK_FALSE(conflict(LockMode::share_update_exclusive, LockMode::row_exclusive));
}

TEST_CASE("a lock mode is read as it is written, and nothing else is one") {
    for (int mode = 1; mode <= 8; ++mode)
        CHECK(lock_mode(to_text(static_cast<LockMode>(mode))) == static_cast<LockMode>(mode));
    CHECK_FALSE(lock_mode("SIReadLock"));
}

TEST_CASE("what a lock blocks is said in words") {
    CHECK(blocked_by(LockMode::access_exclusive) == "reads and writes");
    CHECK(blocked_by(LockMode::share) == "writes");
    CHECK(blocked_by(LockMode::share_update_exclusive).empty());
}

TEST_CASE("a relation is named with its schema where that is not public") {
    CHECK(to_text(RelationName{"public", "orders"}) == "orders");
    CHECK(to_text(RelationName{"shop", "orders"}) == "shop.orders");
    CHECK(to_text(RelationName{"pg_temp_3", "orders"}) == "orders");
    CHECK(key_of({{"public", "orders"}, true, LockMode::share}) == "orders [new]");
}

TEST_CASE("a statement waits behind a writer for what conflicts with writing, of old relations") {
    const std::vector<RelationLock> taken{
        {{"public", "a"}, false, LockMode::access_exclusive},
        {{"public", "b"}, true, LockMode::access_exclusive},
        {{"public", "c"}, false, LockMode::share_update_exclusive}};
    CHECK(waits_behind_writer(taken) == std::vector<TextPair>{{"a", "AccessExclusiveLock"}});
}

}  // namespace rehearsal_test
