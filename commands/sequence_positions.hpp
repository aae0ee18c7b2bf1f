// commands/sequence_positions.hpp: whether a way back has set sequences back.
//
// Why      what drops a sequence and makes it again has its catalog as it was, and every row; only
//          the next number is one that was given out already.
// Fault    only what goes back, and only to a number that may be there: a way down cannot take
//          back the numbers that its up has used, and need not.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace commands {

struct SequencePosition {
    std::int64_t next{};
    bool descends{};
    bool may_repeat{};  // its column has a number from there on; or it is no column's
    bool operator==(const SequencePosition&) const = default;
};
using SequencePositions = std::map<std::string, SequencePosition>;  // by the quoted name

// A sentence each. What is gone altogether, the catalog tells.
[[nodiscard]] std::vector<std::string> sequences_set_back(const SequencePositions& before,
                                                          const SequencePositions& after);

}  // namespace commands
