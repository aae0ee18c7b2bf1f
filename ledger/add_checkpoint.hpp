// ledger/add_checkpoint.hpp: what a log sends to a witness, to have a checkpoint cosigned.
//
// Format  old <size of the last checkpoint the witness has cosigned>\n
//         <base64 of a hash of the consistency proof>\n, at most 63 of them
//         \n
//         <the signed checkpoint>
// Refuses leading zeros, a hash that is not 32 bytes, more than 63 hashes, more than 64 KiB.
// Source  https://c2sp.org/tlog-witness
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

inline constexpr std::size_t add_checkpoint_bytes_max = std::size_t{64} << 10U;

struct AddCheckpoint {
    std::uint64_t old_size{};
    std::vector<Digest> proof;
    std::string note;  // as it was signed, byte for byte
    bool operator==(const AddCheckpoint&) const = default;
};

[[nodiscard]] std::string to_text(const AddCheckpoint& request);
// corrupt "request-malformed".
[[nodiscard]] Result<AddCheckpoint> add_checkpoint_from_text(std::string_view text);

}  // namespace ledger
