#include "ledger/tree.hpp"

#include "tests/ledger/leaves.hpp"
#include "tests/support/must.hpp"
#include "tests/support/soak.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace ledger;
using tests::must;

namespace {

std::size_t sizes_max() { return tests::soak(66, 300); }

std::vector<Digest> roots_of(const tests::Leaves& leaves) {
    std::vector<Digest> roots;
    for (std::size_t size = 0; size <= leaves.hashes().size(); ++size)
        roots.push_back(tests::root_by_definition(std::span{leaves.hashes()}.first(size)));
    return roots;
}

// Every way to spoil a proof a little.
std::vector<std::vector<Digest>> spoiled(const std::vector<Digest>& proof, std::size_t seed) {
    std::vector<std::vector<Digest>> variants;
    variants.push_back(proof);
    variants.back().push_back(Digest{});
    variants.push_back(proof);
    variants.back().insert(variants.back().begin(), Digest{});
    if (proof.empty()) return variants;
    variants.emplace_back(proof.begin(), proof.end() - 1);
    variants.emplace_back(proof.begin() + 1, proof.end());
    variants.push_back(proof);
    variants.back()[seed % proof.size()].bytes[seed % 32] ^=
        static_cast<std::uint8_t>(1 + seed % 255);
    return variants;
}

}  // namespace

TEST_CASE("hashes are those of RFC 6962") {
    CHECK(hex(empty_root()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(leaf_hash("")) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    CHECK(leaf_hash("ab") == sha256({"\0ab", 3}));
    const Digest left = sha256("l");
    const Digest right = sha256("r");
    const std::string both = std::string(left.bytes.begin(), left.bytes.end()) +
                             std::string(right.bytes.begin(), right.bytes.end());
    CHECK(node_hash(left, right) == sha256("\1" + both));
}

TEST_CASE("a frontier has the root and the hashes of the tree it stands for") {
    const tests::Leaves leaves{tests::numbered_lines(sizes_max())};
    const std::vector<Digest> roots = roots_of(leaves);
    Frontier frontier;
    CHECK(frontier.root() == roots[0]);
    for (std::size_t size = 1; size < roots.size(); ++size) {
        frontier.append(leaves.hashes()[size - 1]);
        CHECK(frontier.size() == size);
        CHECK(frontier.root() == roots[size]);
        CHECK(frontier.hashes().size() == static_cast<std::size_t>(std::popcount(size)));
        CHECK(must(root_at(size, leaves.subtree())) == roots[size]);
    }
}

TEST_CASE("a frontier restored goes on as if it had never stopped") {
    const tests::Leaves leaves{tests::numbered_lines(40)};
    Frontier frontier;
    for (const Digest& leaf : leaves.hashes()) {
        Frontier restored = must(Frontier::restore(frontier.size(), frontier.hashes()));
        CHECK(restored == frontier);
        frontier.append(leaf);
        restored.append(leaf);
        CHECK(restored == frontier);
    }
}

TEST_CASE("a frontier of the wrong number of hashes is malformed") {
    const std::vector<Digest> hashes(2);
    for (const std::uint64_t size : {0, 1, 2, 4, 7, 8}) {
        const Error error = tests::error_of(Frontier::restore(size, hashes));
        CHECK(error.code == Code::corrupt);
        CHECK(error.reason == "frontier-malformed");
    }
    CHECK(Frontier::restore(6, hashes));
}

TEST_CASE("every event's inclusion can be proven in every tree, and only there") {
    const tests::Leaves leaves{tests::numbered_lines(sizes_max())};
    const std::vector<Digest> roots = roots_of(leaves);
    for (std::uint64_t size = 1; size < roots.size(); ++size)
        for (std::uint64_t index = 0; index < size; ++index) {
            const Digest& leaf = leaves.hashes()[index];
            const auto proof = must(inclusion_proof(index, size, leaves.subtree()));
            const auto holds = [&](std::uint64_t at, std::uint64_t of, const Digest& root,
                                   const std::vector<Digest>& with) {
                return verify_inclusion(leaf, at, of, root, with).has_value();
            };
            if (!holds(index, size, roots[size], proof)) FAIL_CHECK(index << " in " << size);
            if (holds(index + 1, size, roots[size], proof)) FAIL_CHECK("another index");
            if (holds(index, size, roots[size - 1], proof)) FAIL_CHECK("another root");
            if (holds(index, 0, roots[size], proof)) FAIL_CHECK("no size");
            for (const auto& other : spoiled(proof, index * 7 + size))
                if (holds(index, size, roots[size], other)) FAIL_CHECK("a spoiled proof");
        }
    SUCCEED();
}

TEST_CASE("every tree can be proven to continue every smaller one, and only that") {
    const tests::Leaves leaves{tests::numbered_lines(sizes_max())};
    const std::vector<Digest> roots = roots_of(leaves);
    for (std::uint64_t size = 1; size < roots.size(); ++size)
        for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
            const auto proof = must(consistency_proof(old_size, size, leaves.subtree()));
            const auto holds = [&](const Digest& old_root, const Digest& root,
                                   const std::vector<Digest>& with) {
                return verify_consistency(old_size, old_root, size, root, with).has_value();
            };
            if (!holds(roots[old_size], roots[size], proof)) FAIL_CHECK(old_size << " " << size);
            if (holds(roots[old_size - 1], roots[size], proof)) FAIL_CHECK("another old root");
            if (holds(roots[old_size], roots[size - 1], proof)) FAIL_CHECK("another root");
            for (const auto& other : spoiled(proof, old_size * 7 + size))
                if (holds(roots[old_size], roots[size], other)) FAIL_CHECK("a spoiled proof");
        }
    SUCCEED();
}

TEST_CASE("a proof that cannot be is refused") {
    const tests::Leaves leaves{tests::numbered_lines(5)};
    const Digest root = must(root_at(5, leaves.subtree()));
    CHECK(tests::error_of(inclusion_proof(5, 5, leaves.subtree())).reason == "index-out-of-range");
    CHECK(tests::error_of(inclusion_proof(0, 0, leaves.subtree())).reason == "index-out-of-range");
    CHECK(tests::error_of(consistency_proof(0, 5, leaves.subtree())).reason == "size-out-of-range");
    CHECK(tests::error_of(consistency_proof(6, 5, leaves.subtree())).reason == "size-out-of-range");
    const Error error = tests::error_of(verify_consistency(0, empty_root(), 5, root, {}));
    CHECK(error.code == Code::corrupt);
    CHECK(error.reason == "proof-invalid");
    CHECK(!verify_consistency(0, empty_root(), 0, empty_root(), {}));
    CHECK(!verify_consistency(6, root, 5, root, {}));
    CHECK(!verify_inclusion(leaves.hashes()[0], 0, 0, empty_root(), {}));
}

TEST_CASE("an error of the reader of subtrees is handed on") {
    const auto broken = [](unsigned, std::uint64_t) -> Result<Digest> {
        return fail(Code::unavailable, "disk-away");
    };
    CHECK(tests::error_of(root_at(5, broken)).reason == "disk-away");
    CHECK(tests::error_of(inclusion_proof(1, 5, broken)).reason == "disk-away");
    CHECK(tests::error_of(consistency_proof(3, 5, broken)).reason == "disk-away");
}

TEST_CASE("sizes at the end of 64 bits are no trouble") {
    const auto any = [](unsigned level, std::uint64_t index) -> Result<Digest> {
        return sha256(std::to_string(level) + '/' + std::to_string(index));
    };
    const std::uint64_t size = ~std::uint64_t{0};
    const Digest root = must(root_at(size, any));
    const auto proof = must(inclusion_proof(size - 1, size, any));
    CHECK(verify_inclusion(must(any(0, size - 1)), size - 1, size, root, proof));
}
