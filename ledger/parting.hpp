// ledger/parting.hpp: where two histories of one ledger part, and what one of them has by itself.
//
// Cost  shared_size(): two roots for each halving of the smaller one.
#pragma once

#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace ledger {

// The first position whose event is not the same in both, or that one of them does not reach.
[[nodiscard]] Result<std::uint64_t> shared_size(const Reader& one, const Reader& other);

// Which types of event are there, and how many of each: "1 key-added, 2 ledger-copied". Nothing
// where none is, or where they cannot all be read.
[[nodiscard]] std::optional<std::string> types_between(const Reader& reader, std::uint64_t begin,
                                                       std::uint64_t end);

}  // namespace ledger
