#include "commands/sequence_positions.hpp"

#include <catch2/catch.hpp>

namespace sequence_positions_test {

using namespace commands;

namespace {

std::vector<std::string> faults(SequencePosition before, SequencePosition after) {
    return sequences_set_back({{"s", before}}, {{"s", after}});
}

}  // namespace

TEST_CASE("a sequence that would give a number again is told") {
    CHECK(faults({11, false, true}, {1, false, true}) ==
          std::vector<std::string>{"sequence s gives 1 next, and would have given 11"});
    CHECK(faults({-11, true, true}, {-1, true, true}).size() == 1);
}

TEST_CASE("a sequence that has gone on, that cannot repeat, or that is gone is not") {
    CHECK(faults({11, false, true}, {12, false, true}).empty());
    CHECK(faults({11, false, true}, {11, false, true}).empty());
    CHECK(faults({-11, true, true}, {-12, true, true}).empty());
    CHECK(faults({11, false, true}, {4, false, false}).empty());
    CHECK(sequences_set_back({{"s", {11, false, true}}}, {}).empty());
}

}  // namespace sequence_positions_test
