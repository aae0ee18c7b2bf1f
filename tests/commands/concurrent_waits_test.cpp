#include "commands/concurrent_waits.hpp"

#include <catch2/catch.hpp>

namespace concurrent_waits_test {

using namespace commands;

TEST_CASE(
    "what works concurrently waits for writers or users of its table, a build for snapshots") {
    using Waits = ConcurrentWaits;
    CHECK(concurrent_waits("CREATE INDEX CONCURRENTLY i ON t (a)") == Waits{LockMode::share, true});
    CHECK(concurrent_waits("REINDEX TABLE CONCURRENTLY t") ==
          Waits{LockMode::access_exclusive, true});
    CHECK(concurrent_waits("DROP INDEX CONCURRENTLY i") ==
          Waits{LockMode::access_exclusive, false});
    CHECK(concurrent_waits("ALTER TABLE p DETACH PARTITION q CONCURRENTLY") ==
          Waits{LockMode::access_exclusive, false});
    CHECK_FALSE(concurrent_waits("CREATE INDEX i ON t (a)"));
    CHECK_FALSE(concurrent_waits("ALTER TABLE p DETACH PARTITION q"));
    CHECK_FALSE(concurrent_waits("VACUUM t"));
}

TEST_CASE("what it waits out is held on its table, not on what it locks otherwise") {
    const std::vector<RelationLock> taken{
        {{"public", "t"}, false, LockMode::share_update_exclusive},
        {{"public", "i"}, false, LockMode::row_exclusive}};
    const auto locks = waited_out(taken, {LockMode::share, true});
    CHECK(locks[0].mode == LockMode::share);
    CHECK(locks[1].mode == LockMode::row_exclusive);
}

}  // namespace concurrent_waits_test
