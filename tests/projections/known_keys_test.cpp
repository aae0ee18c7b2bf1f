#include "projections/known_keys.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <unordered_set>

namespace known_keys_test {

using namespace projections;

TEST_CASE("a key is known from the second time on, however many there are") {
    KnownKeys known;
    std::unordered_set<std::size_t> model;
    std::uint64_t hash = 1;
    for (int number = 0; number < 50'000; ++number) {
        hash = hash * 6364136223846793005U + 1442695040888963407U;
        const std::size_t few = hash >> 48U;  // so that many come again
        REQUIRE(known.insert(few + 1) == model.insert(few + 1).second);
    }
    CHECK(model.size() > 10'000);
}

TEST_CASE("keys whose hashes begin alike are told apart, and a hash of 0 is one too") {
    KnownKeys known;
    for (std::size_t high = 0; high < 1'000; ++high) CHECK(known.insert(high << 40U | 5U));
    for (std::size_t high = 0; high < 1'000; ++high) CHECK_FALSE(known.insert(high << 40U | 5U));
    CHECK(known.insert(0));
    CHECK_FALSE(known.insert(0));
}

}  // namespace known_keys_test
