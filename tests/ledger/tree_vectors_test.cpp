#include "ledger/tree.hpp"
#include "tests/ledger/leaves.hpp"
#include "tests/ledger/vectors.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

using namespace ledger;
using tests::digest_of_base64;
using tests::digests_of_base64;
using tests::Json;
using tests::must;

namespace {

// A leaf without a hash cannot even be asked about.
bool inclusion_holds(const Json& probe) {
    return !tests::text_of(probe.at("leafHash")).empty() &&
           verify_inclusion(digest_of_base64(probe.at("leafHash")), probe.at("leafIdx"),
                            probe.at("treeSize"), digest_of_base64(probe.at("root")),
                            digests_of_base64(probe.at("proof")))
               .has_value();
}

bool consistency_holds(const Json& probe) {
    return verify_consistency(probe.at("size1"), digest_of_base64(probe.at("root1")),
                              probe.at("size2"), digest_of_base64(probe.at("root2")),
                              digests_of_base64(probe.at("proof")))
        .has_value();
}

// The eight leaves of the RFC's own example.
tests::Leaves reference_leaves() {
    std::vector<std::string> lines;
    const Json tree = tests::vector_json("transparency-dev-merkle/rfc6962_reference_tree.json");
    for (const Json& input : tree.at("leaf_inputs_hex"))
        lines.push_back(tests::bytes_of_hex(input));
    return tests::Leaves{lines};
}

}  // namespace

TEST_CASE("transparency-dev/merkle: inclusion probes hold, or fail, as they say") {
    if (tests::vectors_are_absent()) return;
    const auto probes = tests::vector_json_lines("transparency-dev-merkle/inclusion.jsonl");
    CHECK(probes.size() == 98);
    for (const Json& probe : probes) {
        INFO(probe.at("_file"));
        CHECK(inclusion_holds(probe) == !probe.at("wantErr").get<bool>());
    }
}

TEST_CASE("transparency-dev/merkle: consistency probes hold, or fail, as they say") {
    if (tests::vectors_are_absent()) return;
    const auto probes = tests::vector_json_lines("transparency-dev-merkle/consistency.jsonl");
    CHECK(probes.size() == 98);
    for (const Json& probe : probes) {
        INFO(probe.at("_file"));
        CHECK(consistency_holds(probe) == !probe.at("wantErr").get<bool>());
    }
}

TEST_CASE("transparency-dev/merkle: the hasher's known answers") {
    if (tests::vectors_are_absent()) return;
    const Json known = tests::vector_json("transparency-dev-merkle/rfc6962_hasher.json");
    CHECK(hex(empty_root()) == known.at("empty_root"));
    CHECK(hex(leaf_hash("")) == known.at("leaf_of_empty"));
    CHECK(hex(leaf_hash("L123456")) == known.at("leaf_of_ascii_L123456"));
    CHECK(hex(sha256("\1N123N456")) == known.at("node_of_ascii_N123_N456"));
}

TEST_CASE("transparency-dev/merkle: every node of the reference tree, and its nine roots") {
    if (tests::vectors_are_absent()) return;
    const Json tree = tests::vector_json("transparency-dev-merkle/rfc6962_reference_tree.json");
    const tests::Leaves leaves = reference_leaves();
    unsigned level = 0;
    for (const Json& row : tree.at("node_hashes_hex_by_level")) {
        std::uint64_t index = 0;
        for (const Json& hash : row) CHECK(hex(must(leaves.subtree()(level, index++))) == hash);
        ++level;
    }
    const Json& roots = tree.at("root_hashes_hex_by_size");
    REQUIRE(roots.size() == 9);
    for (std::uint64_t size = 0; size < roots.size(); ++size)
        CHECK(hex(must(root_at(size, leaves.subtree()))) == roots[size]);
}

TEST_CASE("google/certificate-transparency: audit paths and consistency proofs are ours") {
    if (tests::vectors_are_absent()) return;
    const Json known = tests::vector_json("google-certificate-transparency/ct_kats.json");
    const tests::Leaves leaves = reference_leaves();
    for (const Json& path : known.at("paths")) {
        const auto leaf_number = path.at("leaf_1based").get<std::uint64_t>();
        const auto size = path.at("tree_size").get<std::uint64_t>();
        const auto proof = inclusion_proof(leaf_number - 1, size, leaves.subtree());
        CHECK(proof.has_value() == (leaf_number > 0));
        if (proof) CHECK(*proof == tests::digests_of_hex(path.at("proof_hex")));
    }
    for (const Json& known_proof : known.at("consistency")) {
        const auto proof =
            consistency_proof(known_proof.at("size1"), known_proof.at("size2"), leaves.subtree());
        CHECK(must(proof) == tests::digests_of_hex(known_proof.at("proof_hex")));
    }
}

TEST_CASE("golang.org/x/mod: the roots of 301 trees") {
    if (tests::vectors_are_absent()) return;
    const Json roots = tests::vector_json("generated-by-golang-x-mod/roots_0_300.json");
    CHECK(roots.size() == 301);
    const tests::Leaves leaves{tests::numbered_lines(300)};
    Frontier frontier;
    for (const Json& known : roots) {
        const std::uint64_t size = known.at("size");
        while (frontier.size() < size) frontier.append(leaves.hashes()[frontier.size()]);
        CHECK(frontier.root() == digest_of_base64(known.at("root")));
        CHECK(must(root_at(size, leaves.subtree())) == digest_of_base64(known.at("root")));
    }
}

TEST_CASE("golang.org/x/mod: inclusion proofs are ours, and hold") {
    if (tests::vectors_are_absent()) return;
    const Json probes = tests::vector_json("generated-by-golang-x-mod/inclusion.json");
    CHECK(probes.size() == 275);
    const tests::Leaves leaves{tests::numbered_lines(300)};
    for (const Json& probe : probes) {
        INFO(probe.at("leafIdx") << " in " << probe.at("treeSize"));
        CHECK(inclusion_holds(probe));
        const auto proof =
            inclusion_proof(probe.at("leafIdx"), probe.at("treeSize"), leaves.subtree());
        CHECK(must(proof) == digests_of_base64(probe.at("proof")));
    }
}

TEST_CASE("golang.org/x/mod: consistency proofs are ours, and hold") {
    if (tests::vectors_are_absent()) return;
    const Json probes = tests::vector_json("generated-by-golang-x-mod/consistency.json");
    CHECK(probes.size() == 270);
    const tests::Leaves leaves{tests::numbered_lines(300)};
    for (const Json& probe : probes) {
        INFO(probe.at("size1") << " to " << probe.at("size2"));
        CHECK(consistency_holds(probe));
        const auto proof =
            consistency_proof(probe.at("size1"), probe.at("size2"), leaves.subtree());
        CHECK(must(proof) == digests_of_base64(probe.at("proof")));
    }
}

TEST_CASE("golang.org/x/mod: every hash of every tile is that of its subtree") {
    if (tests::vectors_are_absent()) return;
    const Json tiles = tests::vector_json("generated-by-golang-x-mod/tiles_h8_size300.json");
    CHECK(tiles.size() == 46);
    const tests::Leaves leaves{tests::numbered_lines(300)};
    for (const Json& tile : tiles) {
        const auto level = 8 * tile.at("L").get<unsigned>();
        const auto first = 256 * tile.at("N").get<std::uint64_t>();
        std::string hashes;
        for (std::uint64_t index = 0; index < tile.at("W"); ++index)
            hashes += hex(must(leaves.subtree()(level, first + index)));
        CHECK(hashes == tile.at("data_hex"));
    }
}
