// ledger/digests.hpp: SHA-256 of many byte strings, several of them at a time.
//
// Cost    half of sha256() each, where the processor has instructions for SHA-256: one message
//         leaves them idle half the time, two fill each other's gaps. Equal lengths are best.
// Source  libcrypto's own code for several messages, which it has for x86-64 alone; elsewhere one
//         by one.
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
