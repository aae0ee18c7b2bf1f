#include "projections/state_hash.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

using projections::StateHash;

TEST_CASE("the state hash of one row is SHA-256 of its key's length, its key and its value") {
    StateHash hash;
    hash.add("k", "v");
    CHECK(hash.digest() == ledger::sha256(std::string("\0\0\0\0\0\0\0\1kv", 10)));
}

TEST_CASE("the state hash tells where a key ends and its value begins") {
    StateHash a;
    StateHash b;
    a.add("ab", "c");
    b.add("a", "bc");
    CHECK_FALSE(a == b);
}

TEST_CASE("two equal rows' hashes do not cancel out") {
    StateHash hash;
    hash.add("k", "v");
    hash.add("k", "v");
    CHECK_FALSE(hash == StateHash{});
}

TEST_CASE("the order in which rows come and go leaves no trace in the state hash") {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(rc::check([](Pairs kept, const Pairs& passing) {
        StateHash straight;
        for (const auto& [key, value] : kept) straight.add(key, value);
        StateHash crooked;
        for (const auto& [key, value] : passing) crooked.add(key, value);
        std::reverse(kept.begin(), kept.end());
        for (const auto& [key, value] : kept) crooked.add(key, value);
        for (const auto& [key, value] : passing) crooked.remove(key, value);
        RC_ASSERT(crooked == straight);
    }));
}
