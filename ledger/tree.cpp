#include "ledger/tree.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

namespace ledger {

namespace {

constexpr std::string_view leaf_prefix{"\0", 1};
constexpr char node_prefix = '\1';

// Leaves of the left subtree: the largest power of two below `count`, which is 2 or more.
std::uint64_t left_count(std::uint64_t count) { return std::bit_floor(count - 1); }

// Complete subtrees side by side, the largest first, under one root.
Digest joined(std::span<const Digest> subtrees) {
    Digest hash = subtrees.back();
    for (auto left = subtrees.rbegin() + 1; left != subtrees.rend(); ++left)
        hash = node_hash(*left, hash);
    return hash;
}

// The hash over [begin, end); `begin` is a multiple of the largest power of two in the range.
Result<Digest> range_root(std::uint64_t begin, std::uint64_t end, const SubtreeHash& subtree) {
    std::vector<Digest> subtrees;
    while (begin < end) {
        const std::uint64_t count = std::bit_floor(end - begin);
        const auto level = static_cast<unsigned>(std::countr_zero(count));
        const Result<Digest> hash = subtree(level, begin >> level);
        if (!hash) return hash;
        subtrees.push_back(*hash);
        begin += count;
    }
    return joined(subtrees);
}

std::string out_of(std::string_view what, std::uint64_t number, std::uint64_t size) {
    return std::string{what} + " " + std::to_string(number) + " in a tree of " +
           std::to_string(size) + " events";
}

tl::unexpected<Error> proof_invalid(std::string detail) {
    return fail(Code::corrupt, "proof-invalid", std::move(detail),
                "do not trust the ledger or the copy that gave this proof");
}

// Both halves of a consistency check go up the tree in step, old and new.
struct Climb {
    std::uint64_t node;
    std::uint64_t last;

    [[nodiscard]] bool at_top() const { return last == 0; }
    // Whether the sibling is on the left; goes up to where there is one, if it is.
    bool sibling_is_left() {
        if ((node & 1) == 0 && node != last) return false;
        while ((node & 1) == 0 && node != 0) up();
        return true;
    }
    void up() {
        node >>= 1;
        last >>= 1;
    }
};

}  // namespace

Digest leaf_hash(std::string_view line) { return sha256(leaf_prefix, line); }

Digest node_hash(const Digest& left, const Digest& right) {
    std::array<char, 65> bytes{node_prefix};
    std::copy(left.bytes.begin(), left.bytes.end(), bytes.begin() + 1);
    std::copy(right.bytes.begin(), right.bytes.end(), bytes.begin() + 33);
    return sha256({bytes.data(), bytes.size()});
}

Digest empty_root() { return sha256({}); }

Result<Frontier> Frontier::restore(std::uint64_t size, std::vector<Digest> hashes) {
    if (hashes.size() != static_cast<std::size_t>(std::popcount(size)))
        return fail(Code::corrupt, "frontier-malformed",
                    std::to_string(hashes.size()) + " hashes for a tree of " +
                        std::to_string(size) + " events",
                    "run verify");
    Frontier frontier;
    frontier.size_ = size;
    frontier.hashes_ = std::move(hashes);
    return frontier;
}

void Frontier::append(const Digest& leaf) {
    Digest hash = leaf;
    for (int full = std::countr_one(size_); full > 0; --full) {
        hash = node_hash(hashes_.back(), hash);
        hashes_.pop_back();
    }
    hashes_.push_back(hash);
    ++size_;
}

Digest Frontier::root() const { return hashes_.empty() ? empty_root() : joined(hashes_); }

Result<Digest> root_at(std::uint64_t size, const SubtreeHash& subtree) {
    if (size == 0) return empty_root();
    return range_root(0, size, subtree);
}

Result<std::vector<Digest>> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                            const SubtreeHash& subtree) {
    if (index >= size)
        return fail(Code::refused, "index-out-of-range", out_of("no event", index, size));
    std::vector<Digest> proof;
    for (std::uint64_t begin = 0, end = size; end - begin > 1;) {
        const std::uint64_t middle = begin + left_count(end - begin);
        const bool left = index < middle;
        const Result<Digest> sibling =
            left ? range_root(middle, end, subtree) : range_root(begin, middle, subtree);
        if (!sibling) return fail(sibling.error());
        proof.push_back(*sibling);
        (left ? end : begin) = middle;
    }
    std::reverse(proof.begin(), proof.end());
    return proof;
}

Result<std::vector<Digest>> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                              const SubtreeHash& subtree) {
    if (old_size == 0 || old_size > size)
        return fail(Code::refused, "size-out-of-range", out_of("no proof from", old_size, size));
    std::vector<Digest> proof;
    std::uint64_t begin = 0;
    std::uint64_t end = size;
    while (end != old_size) {
        const std::uint64_t middle = begin + left_count(end - begin);
        const bool left = old_size <= middle;
        const Result<Digest> sibling =
            left ? range_root(middle, end, subtree) : range_root(begin, middle, subtree);
        if (!sibling) return fail(sibling.error());
        proof.push_back(*sibling);
        (left ? end : begin) = middle;
    }
    // The old tree itself needs no telling; a part of it does.
    if (begin != 0) {
        const Result<Digest> last = range_root(begin, end, subtree);
        if (!last) return fail(last.error());
        proof.push_back(*last);
    }
    std::reverse(proof.begin(), proof.end());
    return proof;
}

Result<void> verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                              const Digest& root, std::span<const Digest> proof) {
    if (index >= size) return proof_invalid(out_of("no event", index, size));
    Climb climb{index, size - 1};
    Digest hash = leaf;
    for (const Digest& sibling : proof) {
        if (climb.at_top()) return proof_invalid("the inclusion proof is too long");
        hash = climb.sibling_is_left() ? node_hash(sibling, hash) : node_hash(hash, sibling);
        climb.up();
    }
    if (!climb.at_top()) return proof_invalid("the inclusion proof is too short");
    if (hash != root) return proof_invalid("the inclusion proof leads to another root");
    return {};
}

Result<void> verify_consistency(std::uint64_t old_size, const Digest& old_root, std::uint64_t size,
                                const Digest& root, std::span<const Digest> proof) {
    if (old_size == 0 || old_size > size)
        return proof_invalid(out_of("nothing can be proven from size", old_size, size));
    if (old_size == size) {
        if (!proof.empty()) return proof_invalid("the consistency proof is too long");
        if (old_root != root) return proof_invalid("two roots for one size");
        return {};
    }
    Climb climb{old_size - 1, size - 1};
    while ((climb.node & 1) == 1) climb.up();
    Digest old_hash = old_root;
    if (!std::has_single_bit(old_size)) {
        if (proof.empty()) return proof_invalid("the consistency proof is too short");
        old_hash = proof.front();
        proof = proof.subspan(1);
    }
    Digest hash = old_hash;
    for (const Digest& sibling : proof) {
        if (climb.at_top()) return proof_invalid("the consistency proof is too long");
        if (climb.sibling_is_left()) {
            old_hash = node_hash(sibling, old_hash);
            hash = node_hash(sibling, hash);
        } else {
            hash = node_hash(hash, sibling);
        }
        climb.up();
    }
    if (!climb.at_top()) return proof_invalid("the consistency proof is too short");
    if (old_hash != old_root || hash != root)
        return proof_invalid("the consistency proof leads to other roots");
    return {};
}

}  // namespace ledger
