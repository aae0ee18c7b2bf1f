// ledger/tlog_proof.hpp: proofs as files that anybody can check without the ledger.
//
// Format  inclusion    c2sp.org/tlog-proof@v1\n[extra <base64>\n]index <n>\n<base64 hash>\n...\n
//                      \n<signed checkpoint>
//         consistency  old <size>\n<base64 hash>\n...\n\n<signed checkpoint>, which is the body of
//                      a C2SP witness's add-checkpoint.
// Limits  1 MiB; 63 hashes, as many as a tree is high.
// Trust   none in `extra`: it is not signed, and only a suggestion of what the leaf is of.
// Errors  corrupt "proof-malformed"; those of verify_note, verify_inclusion, verify_consistency.
// Source  https://c2sp.org/tlog-proof, https://c2sp.org/tlog-witness
#pragma once

#include "ledger/checkpoint.hpp"
#include "ledger/digest.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

struct TlogProof {
    std::optional<std::string> extra;  // of ours: the stored line
    std::uint64_t index{};
    std::vector<Digest> path;  // from the leaf's sibling up
    std::string checkpoint;    // a signed note, as it is given to others
    bool operator==(const TlogProof&) const = default;
};

struct TlogConsistency {
    std::uint64_t old_size{};
    std::vector<Digest> path;
    std::string checkpoint;  // of the later size
    bool operator==(const TlogConsistency&) const = default;
};

[[nodiscard]] std::string to_text(const TlogProof& proof);
[[nodiscard]] std::string to_text(const TlogConsistency& proof);
[[nodiscard]] Result<TlogProof> tlog_proof_from_text(std::string_view text);
[[nodiscard]] Result<TlogConsistency> tlog_consistency_from_text(std::string_view text);

// What a proof that holds says: the checkpoint, and which of the known keys signed it.
struct Proven {
    Checkpoint checkpoint;
    std::vector<std::string> signed_by;
    bool operator==(const Proven&) const = default;
};

[[nodiscard]] Result<Proven> verify(const TlogProof& proof, const Digest& leaf,
                                    std::span<const Verifier> known);
[[nodiscard]] Result<Proven> verify(const TlogConsistency& proof, const Digest& old_root,
                                    std::span<const Verifier> known);

}  // namespace ledger
