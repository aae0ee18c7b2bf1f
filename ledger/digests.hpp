// ledger/digests.hpp: SHA-256 of many byte strings, for who has them all at hand.
//
// Cost    that of each; nothing is allocated for one alone.
#pragma once

#include "ledger/digest.hpp"

#include <array>
#include <span>
#include <string_view>

namespace ledger {

// One after another, without putting them together.
using Pieces = std::array<std::string_view, 3>;

// Of each message; `digests` has room for all.
void sha256_each(std::span<const Pieces> messages, std::span<Digest> digests);

// As leaf_hash() of each; `leaves` has room for all.
void leaf_hashes(std::span<const std::string_view> lines, std::span<Digest> leaves);

}  // namespace ledger
