#include "projections/state_hash.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <rapidcheck.h>
#include <string>
#include <utility>
#include <vector>

namespace state_hash_test {

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

TEST_CASE("many rows at once are those rows one by one") {
    std::vector<std::string> texts;
    for (std::size_t length = 0; length < 100; ++length) texts.emplace_back(3 * length, 'v');
    StateHash one_by_one;
    std::vector<StateHash::Row> rows;
    for (const std::string& text : texts) {
        one_by_one.add("key" + std::to_string(text.size()), text);
        rows.push_back({text, text});
    }
    StateHash at_once = one_by_one;
    at_once.add(rows);
    for (const std::string& text : texts) one_by_one.add(text, text);
    CHECK(at_once == one_by_one);
    at_once.remove(rows);
    for (const std::string& text : texts) one_by_one.remove(text, text);
    CHECK(at_once == one_by_one);
    CHECK(at_once.row_count() == texts.size());
}

}  // namespace state_hash_test
