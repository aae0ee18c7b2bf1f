#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"
#include "tests/ledger/leaves.hpp"
#include "tests/ledger/vectors.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <openssl/evp.h>
#include <set>

using namespace ledger;
using tests::error_of;
using tests::Json;
using tests::must;

namespace {

Verifier verifier_of(const Json& text) { return must(verifier_from_text(text.get<std::string>())); }

Note note_of(const Json& text) { return must(note_from_text(text.get<std::string>())); }

// It verifies, is written as it was read, and one bit more does not verify.
void check_signed_by(const Note& note, const std::vector<Verifier>& verifiers) {
    std::set<std::string> names;
    for (const Verifier& verifier : verifiers) names.insert(verifier.name);
    const auto verified = must(verify_note(note, verifiers));
    CHECK(std::set<std::string>(verified.begin(), verified.end()) == names);
    Note changed = note;
    changed.text[changed.text.size() / 2] ^= 1;
    CHECK(error_of(verify_note(changed, verifiers)).reason == "note-signature-bad");
}

Signature signature_of_line(const std::string& line) {
    return must(note_from_text("text\n\n" + line)).signatures.at(0);
}

PublicKey public_key_of(const std::string& seed) {
    PublicKey key;
    std::size_t length = key.bytes.size();
    EVP_PKEY* pair = EVP_PKEY_new_raw_private_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()),
        seed.size());
    REQUIRE(EVP_PKEY_get_raw_public_key(pair, key.bytes.data(), &length) == 1);
    EVP_PKEY_free(pair);
    return key;
}

}  // namespace

TEST_CASE("golang.org/x/mod: signed notes verify, and bad keys are refused") {
    if (tests::vectors_are_absent()) return;
    const Json vectors = tests::vector_json("golang-x-mod/note_vectors.json");
    for (const Json& known : vectors.at("signed")) {
        std::vector<Verifier> verifiers;
        for (const Json& name : known.at("by"))
            verifiers.push_back(verifier_of(vectors.at("vkeys").at(name.get<std::string>())));
        const Note note = note_of(known.at("note"));
        CHECK(note.text == vectors.at("text"));
        CHECK(to_text(note) == known.at("note"));
        check_signed_by(note, verifiers);
    }
    for (const Json& bad : vectors.at("bad_vkeys"))
        CHECK(error_of(verifier_from_text(bad.get<std::string>())).reason == "key-malformed");
}

TEST_CASE("golang.org/x/mod: our signature of its text with its key is its signature") {
    if (tests::vectors_are_absent()) return;
    const Json vectors = tests::vector_json("golang-x-mod/note_vectors.json");
    const std::string secret = vectors.at("TEST_ONLY_skey").at("PeterNeumann");
    const Signer signer = must(Signer::from_text(secret));
    CHECK(signer.private_text() == secret);
    CHECK(to_text(signer.verifier()) == vectors.at("vkeys").at("PeterNeumann"));
    CHECK(to_text(must(sign_note(vectors.at("text"), signer))) ==
          vectors.at("signed").at(0).at("note"));
}

TEST_CASE("C2SP: the example of signed-note verifies") {
    if (tests::vectors_are_absent()) return;
    const Json example = tests::vector_json("c2sp-spec-examples/signed-note_foo.json");
    check_signed_by(note_of(example.at("note")), {verifier_of(example.at("vkey"))});
}

TEST_CASE("golang.org/x/mod: its checkpoints verify, and ours of the same trees are the same") {
    if (tests::vectors_are_absent()) return;
    const Json vectors = tests::vector_json("generated-by-golang-x-mod/signed_checkpoints.json");
    const Signer signer = must(Signer::from_text(vectors.at("TEST_ONLY_skey").get<std::string>()));
    CHECK(to_text(signer.verifier()) == vectors.at("vkey"));
    const tests::Leaves leaves{tests::numbered_lines(300)};
    CHECK(vectors.at("checkpoints").size() == 8);
    for (const Json& known : vectors.at("checkpoints")) {
        check_signed_by(note_of(known.at("Note")), {signer.verifier()});
        const std::uint64_t size = known.at("Size");
        const Checkpoint ours{
            signer.verifier().name, size, must(root_at(size, leaves.subtree())), {}};
        CHECK(to_text(must(sign_note(to_text(ours), signer))) == known.at("Note"));
    }
}

TEST_CASE("golang.org/x/mod: cosignatures of a witness hold beside the log's signature") {
    if (tests::vectors_are_absent()) return;
    const Json vectors = tests::vector_json("generated-by-golang-x-mod/signed_checkpoints.json");
    const Verifier witness = must(verifier_from_text(vectors.at("witness_vkey").get<std::string>(),
                                                     SignatureType::cosignature));
    CHECK(vectors.at("cosigned").size() == 8);
    for (const Json& known : vectors.at("cosigned")) {
        const Note note = note_of(known.at("cosigned_note"));
        REQUIRE(note.signatures.size() == 2);
        check_signed_by(note, {verifier_of(vectors.at("vkey"))});
        CHECK(must(verify_cosignature(note.text, note.signatures[1], witness)) ==
              vectors.at("cosignature_time"));
        CHECK(!verify_cosignature(note.text + "more\n", note.signatures[1], witness));
        CHECK(!verify_cosignature(note.text, note.signatures[0], witness));
        CHECK(note.signatures[1] == signature_of_line(known.at("cosignature_line")));
    }
}

TEST_CASE("golang.org/x/mod: a tree head is written as Go writes it") {
    if (tests::vectors_are_absent()) return;
    const Json known = tests::vector_json("golang-x-mod/tlog_format.json").at("format_tree");
    const Digest root = leaf_hash(known.at("record_hash_of").get<std::string>());
    CHECK(to_text(Checkpoint{"go.sum database tree", known.at("n"), root, {}}) == known.at("text"));
}

TEST_CASE("sum.golang.org: its real checkpoints verify, the one with four signatures by all four") {
    if (tests::vectors_are_absent()) return;
    const Json vectors = tests::vector_json("sum.golang.org-checkpoints/checkpoints.json");
    const Verifier sum_database = verifier_of(vectors.at("vkey"));
    for (const Json& known : vectors.at("checkpoints")) {
        const Note note = note_of(known.at("note"));
        check_signed_by(note, {sum_database});
        CHECK(must(checkpoint_from_text(note.text)).origin == "go.sum database tree");
    }
    const Json& multi_signed = vectors.at("multi_signed_2021");
    std::vector<Verifier> verifiers{sum_database};
    for (const Json& key : multi_signed.at("extra_vkeys")) verifiers.push_back(verifier_of(key));
    REQUIRE(verifiers.size() == 4);
    check_signed_by(note_of(multi_signed.at("note")), verifiers);
}

TEST_CASE("sigsum: its cosignature holds, and not with the wrong key id") {
    if (tests::vectors_are_absent()) return;
    const Json vectors = tests::vector_json("sigsum-go/cosignature.json");
    const std::string body = vectors.at("checkpoint_body");
    const Verifier witness{"example.org/witness",
                           public_key_of(tests::bytes_of_hex(vectors.at("TEST_ONLY_seed_hex")))};
    CHECK(must(verify_cosignature(body, signature_of_line(vectors.at("good_line")), witness)) ==
          1234);
    CHECK(!verify_cosignature(body, signature_of_line(vectors.at("bad_keyid_line")), witness));
}

TEST_CASE("transparency-dev/formats: malformed checkpoints are refused") {
    if (tests::vectors_are_absent()) return;
    const Json vectors = tests::vector_json("transparency-dev-formats/bad_checkpoints.json");
    CHECK(vectors.size() == 7);
    for (const Json& bad : vectors) {
        INFO(bad.at("desc"));
        CHECK(error_of(checkpoint_from_text(bad.at("text").get<std::string>())).reason ==
              "checkpoint-malformed");
    }
}

TEST_CASE("tessera: a whole log's checkpoints, leaf hashes and entries agree") {
    if (tests::vectors_are_absent()) return;
    const Json keys = tests::vector_json("tessera-testlog/keys.json");
    const tests::Leaves leaves{keys.at("entries").get<std::vector<std::string>>()};
    for (std::uint64_t size = 0; size <= 15; ++size) {
        const std::string number = std::to_string(size);
        const Note note = note_of(tests::vector_text("tessera-testlog/checkpoint." + number));
        check_signed_by(note, {verifier_of(keys.at("vkey"))});
        const Checkpoint checkpoint = must(checkpoint_from_text(note.text));
        CHECK(checkpoint.size == size);
        CHECK(checkpoint.root == must(root_at(size, leaves.subtree())));
        if (size == 0) continue;
        const std::string tile = tests::vector_text("tessera-testlog/tile/0/000.p/" + number);
        std::string hashes;
        for (std::size_t index = 0; index < size; ++index) hashes += hex(leaves.hashes()[index]);
        CHECK(hex(tile) == hashes);
    }
}
