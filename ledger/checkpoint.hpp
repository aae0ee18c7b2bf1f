// ledger/checkpoint.hpp: what a ledger says of itself at one size: its tree head, to be signed.
//
// Format  <origin>\n<size, decimal>\n<base64 of the root>\n; no extension lines of our own, those
//         of others are kept.
// Refuses leading zeros, a root that is not 32 bytes, an empty origin, a missing last newline.
// Source  https://c2sp.org/tlog-checkpoint; cosignatures https://c2sp.org/tlog-cosignature.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

struct Checkpoint {
    std::string origin;
    std::uint64_t size{};
    Digest root;
    std::vector<std::string> extensions;
    bool operator==(const Checkpoint&) const = default;
};

[[nodiscard]] std::string to_text(const Checkpoint& checkpoint);
[[nodiscard]] Result<Checkpoint> checkpoint_from_text(std::string_view text);

// A witness's word that it saw this checkpoint at `time_s` (Unix seconds): the time, if it holds.
[[nodiscard]] Result<std::uint64_t> verify_cosignature(std::string_view checkpoint_text,
                                                       const Signature& signature,
                                                       const Verifier& witness);

}  // namespace ledger
