// ledger/tree.hpp: a Merkle tree over all events, so that changing one changes every root after it.
//
// Shape   leaf = SHA-256(0x00 ‖ line); node = SHA-256(0x01 ‖ left ‖ right); empty = SHA-256("").
// Units   size counts leaves; an index is from 0.
// Cost    append O(log n) hashes and memory; a proof O(log n) hash reads.
// Refuses a proof of the wrong length, a size or index out of range, a consistency check from 0.
// Source  RFC 6962, sections 2.1.1 and 2.1.2; verification as RFC 9162, 2.1.3.2 and 2.1.4.2.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace ledger {

[[nodiscard]] Digest leaf_hash(std::string_view line);
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);
[[nodiscard]] Digest empty_root();

// The right edge of a tree: enough to append to it and to know its root.
class Frontier {
public:
    Frontier() = default;
    // `hashes` as hashes() gave them for that size; corrupt "frontier-malformed" otherwise.
    static Result<Frontier> restore(std::uint64_t size, std::vector<Digest> hashes);

    void append(const Digest& leaf);
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] Digest root() const;
    // One hash a set bit of size, the largest subtree first.
    [[nodiscard]] const std::vector<Digest>& hashes() const { return hashes_; }
    bool operator==(const Frontier&) const = default;

private:
    std::uint64_t size_ = 0;
    std::vector<Digest> hashes_;
};

// Answers the hash of the complete subtree of 2^level leaves that begins at leaf index * 2^level.
using SubtreeHash = std::function<Result<Digest>(unsigned level, std::uint64_t index)>;

[[nodiscard]] Result<Digest> root_at(std::uint64_t size, const SubtreeHash& subtree);
[[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                          const SubtreeHash& subtree);
[[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size,
                                                            std::uint64_t size,
                                                            const SubtreeHash& subtree);

// corrupt "proof-invalid" where the proof does not hold.
[[nodiscard]] Result<void> verify_inclusion(const Digest& leaf, std::uint64_t index,
                                            std::uint64_t size, const Digest& root,
                                            std::span<const Digest> proof);
[[nodiscard]] Result<void> verify_consistency(std::uint64_t old_size, const Digest& old_root,
                                              std::uint64_t size, const Digest& root,
                                              std::span<const Digest> proof);

}  // namespace ledger
