// projections/progress.hpp: how far a stored read model is. Written in the same batch as its rows.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/identity.hpp"

#include <cstdint>
#include <vector>

namespace projections {

struct Progress {
    ledger::Uuid ledger;
    std::uint64_t position{};              // events folded
    std::vector<ledger::Digest> frontier;  // of the tree over them
    ledger::Digest state_hash;
    std::uint64_t row_count{};
    bool operator==(const Progress&) const = default;
};

}  // namespace projections
