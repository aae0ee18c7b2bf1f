#include "ledger/tlog_proof.hpp"

#include "ledger/tree.hpp"
#include "tests/ledger/leaves.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

using namespace ledger;
using tests::error_of;
using tests::must;

namespace {

const std::string proof_origin = "example.org/varve/1";

struct Log {
    std::vector<std::string> lines = tests::numbered_lines(21);
    tests::Leaves leaves{lines};
    Signer signer = must(Signer::generate(proof_origin));
    std::vector<Verifier> keys{signer.verifier()};

    [[nodiscard]] std::string checkpoint(std::uint64_t size) const {
        const Checkpoint text{proof_origin, size, must(root_at(size, leaves.subtree())), {}};
        return to_text(must(sign_note(to_text(text), signer)));
    }
    [[nodiscard]] TlogProof inclusion(std::uint64_t index, std::uint64_t size) const {
        return {lines[index], index, must(inclusion_proof(index, size, leaves.subtree())),
                checkpoint(size)};
    }
    [[nodiscard]] TlogConsistency consistency(std::uint64_t old, std::uint64_t size) const {
        return {old, must(consistency_proof(old, size, leaves.subtree())), checkpoint(size)};
    }
    [[nodiscard]] Digest root(std::uint64_t size) const {
        return must(root_at(size, leaves.subtree()));
    }
};

}  // namespace

TEST_CASE("a proof of inclusion is written and read as it was, and holds for its leaf alone") {
    const Log log;
    for (const std::uint64_t size : {1, 2, 7, 16, 21})
        for (std::uint64_t index = 0; index < size; ++index) {
            const TlogProof proof = log.inclusion(index, size);
            CHECK(must(tlog_proof_from_text(to_text(proof))) == proof);
            const auto proven = must(verify(proof, leaf_hash(log.lines[index]), log.keys));
            CHECK(proven.checkpoint.size == size);
            CHECK(proven.signed_by == std::vector{proof_origin});
            CHECK(error_of(verify(proof, leaf_hash("another"), log.keys)).reason ==
                  "proof-invalid");
        }
}

TEST_CASE("a proof's text begins as C2SP says, its extra data left out where there is none") {
    const Log log;
    TlogProof proof = log.inclusion(2, 3);
    CHECK(to_text(proof).starts_with("c2sp.org/tlog-proof@v1\nextra bGVhZiAy\nindex 2\n"));
    proof.extra.reset();
    CHECK(to_text(proof).starts_with("c2sp.org/tlog-proof@v1\nindex 2\n"));
    CHECK(must(tlog_proof_from_text(to_text(proof))) == proof);
}

TEST_CASE("a proof by another key, or by none that is known, is refused") {
    const Log log;
    const TlogProof proof = log.inclusion(3, 7);
    const std::vector<Verifier> others{must(Signer::generate(proof_origin)).verifier()};
    CHECK(error_of(verify(proof, leaf_hash(log.lines[3]), others)).reason == "note-unverified");
    CHECK(error_of(verify(proof, leaf_hash(log.lines[3]), {})).reason == "note-unverified");
}

TEST_CASE("a proof of growth holds from the root it starts at alone") {
    const Log log;
    for (const std::uint64_t old : {1, 4, 6, 16, 21}) {
        const TlogConsistency proof = log.consistency(old, 21);
        CHECK(must(tlog_consistency_from_text(to_text(proof))) == proof);
        CHECK(must(verify(proof, log.root(old), log.keys)).checkpoint.size == 21);
        CHECK(error_of(verify(proof, log.root(5), log.keys)).reason == "proof-invalid");
    }
}

TEST_CASE("no changed byte of a proof's file makes it say anything else") {
    const Log log;
    const TlogProof proof = log.inclusion(5, 21);
    const std::string text = to_text(proof);
    const Digest leaf = leaf_hash(log.lines[5]);
    for (std::size_t at = 0; at < text.size(); ++at)
        for (const int bit : {1, 2, 32}) {
            std::string changed = text;
            changed[at] = static_cast<char>(changed[at] ^ bit);
            const auto read = tlog_proof_from_text(changed);
            if (!read) continue;
            const auto proven = verify(*read, leaf, log.keys);
            CAPTURE(at, changed);
            // What holds all the same differs in its extra data alone, which is not believed.
            if (proven) CHECK((read->path == proof.path && read->checkpoint == proof.checkpoint));
            if (proven) CHECK(read->index == proof.index);
        }
}

TEST_CASE("what is no proof is refused with what is wrong") {
    const Log log;
    const std::string note = log.checkpoint(3);
    for (const std::string& bad :
         {std::string{}, std::string{"c2sp.org/tlog-proof@v2\nindex 0\n\n"} + note,
          std::string{"c2sp.org/tlog-proof@v1\nindex 00\n\n"} + note,
          std::string{"c2sp.org/tlog-proof@v1\nindex -1\n\n"} + note,
          std::string{"c2sp.org/tlog-proof@v1\n\n"} + note,
          std::string{"c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n"} + note,
          std::string{"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n"} + note,
          std::string{"c2sp.org/tlog-proof@v1\nindex 0\n"}})
        CHECK(error_of(tlog_proof_from_text(bad)).reason == "proof-malformed");
    CHECK(error_of(tlog_proof_from_text("c2sp.org/tlog-proof@v1\nindex 0\n\n")).reason ==
          "note-malformed");
    CHECK(error_of(tlog_consistency_from_text("old x\n\n" + note)).reason == "proof-malformed");
}
