#include "ledger/tlog_proof.hpp"
#include "ledger/tree.hpp"
#include "tests/ledger/vectors.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace ledger;
using tests::digest_of_base64;
using tests::digests_of_base64;
using tests::error_of;
using tests::Json;
using tests::must;

namespace {

// A subtree of a tree is a tree of its own, where it begins at a multiple of its width.
bool is_subtree(std::uint64_t start, std::uint64_t end) {
    constexpr std::uint64_t widest = std::uint64_t{1} << 63U;
    if (start >= end) return false;
    return end - start > widest ? start == 0 : start % std::bit_ceil(end - start) == 0;
}

// The example of the specification, as it stands between its fences.
std::string example_of(const std::string& page) {
    const std::string text = tests::vector_text("c2sp-spec-examples/" + page);
    const std::size_t begin = text.find("c2sp.org/tlog-proof@v1\nextra");
    REQUIRE(begin != text.npos);
    return text.substr(begin, text.find("```", begin) - begin);
}

// Its signatures are cut short for print.
std::string with_whole_signatures(std::string text) {
    for (std::size_t at = text.find("\u2014 "); at != text.npos;
         at = text.find("\u2014 ", at + 1)) {
        const std::size_t space = text.find(' ', text.find(' ', at) + 1);
        text.replace(space + 1, text.find('\n', space) - space - 1, "AAAAAAAAAAAA");
    }
    return text;
}

}  // namespace

TEST_CASE("transparency-dev/merkle: inclusion in a subtree holds, or fails, as its probes say") {
    if (tests::vectors_are_absent()) return;
    const auto probes = tests::vector_json_lines("transparency-dev-merkle/subtreeinclusion.jsonl");
    CHECK(probes.size() == 204);
    for (const Json& probe : probes) {
        INFO(probe.at("_file"));
        const std::uint64_t start = probe.at("start");
        const std::uint64_t end = probe.at("end");
        const std::uint64_t index = probe.at("leafIdx");
        const bool is_there = is_subtree(start, end) && index >= start && index < end &&
                              !tests::text_of(probe.at("leafHash")).empty();
        const bool holds =
            is_there && verify_inclusion(digest_of_base64(probe.at("leafHash")), index - start,
                                         end - start, digest_of_base64(probe.at("root")),
                                         digests_of_base64(probe.at("proof")));
        CHECK(holds == !probe.at("wantErr").get<bool>());
    }
}

TEST_CASE("transparency-dev/merkle: consistency of the first subtree is that of the tree") {
    if (tests::vectors_are_absent()) return;
    std::size_t count = 0;
    for (const Json& probe :
         tests::vector_json_lines("transparency-dev-merkle/subtreeconsistency.jsonl")) {
        if (probe.at("start") != 0 || probe.at("end") == 0) continue;  // nothing grows from nothing
        INFO(probe.at("_file"));
        ++count;
        const bool holds = verify_consistency(probe.at("end"), digest_of_base64(probe.at("root1")),
                                              probe.at("size"), digest_of_base64(probe.at("root2")),
                                              digests_of_base64(probe.at("proof")))
                               .has_value();
        CHECK(holds == !probe.at("wantErr").get<bool>());
    }
    CHECK(count >= 50);
}

TEST_CASE("C2SP: the example of tlog-proof is read, and refused as it is cut for print") {
    if (tests::vectors_are_absent()) return;
    const std::string example = example_of("tlog-proof.md");
    CHECK(error_of(tlog_proof_from_text(example)).reason == "note-malformed");
    const TlogProof proof = must(tlog_proof_from_text(with_whole_signatures(example)));
    CHECK(proof.index == 73894);
    CHECK(proof.path.size() == 5);
    CHECK(proof.extra == "age-v1.2.1-darwin-arm64.tar.gz\x91\x85\xc9\xdd\xa5\xb8\xb5\x85\xc9");
    const auto note = must(note_from_text(proof.checkpoint));
    CHECK(note.signatures.size() == 4);
    CHECK(must(checkpoint_from_text(note.text)).size == 109482);
    CHECK(to_text(proof) == with_whole_signatures(example));
}
