#include "ledger/checkpoint.hpp"

#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

using namespace ledger;
using tests::error_of;
using tests::must;

namespace {

const std::string root_line = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

std::string cosigned_message(std::uint64_t time_s, const std::string& checkpoint) {
    return "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + checkpoint;
}

// A witness's signature of `message`, said to be made at `time_s`.
Signature cosign(const Signer& witness, std::uint64_t time_s, const std::string& message) {
    Signature signature{
        witness.verifier().name, key_id(witness.verifier(), SignatureType::cosignature), {}};
    for (int shift = 56; shift >= 0; shift -= 8)
        signature.bytes += static_cast<char>(time_s >> shift & 255U);
    const auto bytes = must(witness.sign(message));
    signature.bytes.append(bytes.begin(), bytes.end());
    return signature;
}

}  // namespace

TEST_CASE("a checkpoint is three lines, and read back") {
    const Checkpoint checkpoint{"example.com/varve/x", 7, sha256(""), {}};
    CHECK(to_text(checkpoint) == "example.com/varve/x\n7\n" + root_line);
    CHECK(must(checkpoint_from_text(to_text(checkpoint))) == checkpoint);
}

TEST_CASE("extension lines of others are kept") {
    const std::string text = "log\n18446744073709551615\n" + root_line + "more\nof it\n";
    const Checkpoint checkpoint = must(checkpoint_from_text(text));
    CHECK(checkpoint.size == ~std::uint64_t{0});
    CHECK(checkpoint.extensions == std::vector<std::string>{"more", "of it"});
    CHECK(to_text(checkpoint) == text);
}

TEST_CASE("a checkpoint in another form is malformed") {
    const auto text = GENERATE_COPY(
        as<std::string>{}, "", "log\n7\n", "\n7\n" + root_line, "log\n07\n" + root_line,
        "log\n00\n" + root_line, "log\n+7\n" + root_line, "log\n-7\n" + root_line,
        "log\n\n" + root_line, "log\n7 \n" + root_line, "log\n18446744073709551616\n" + root_line,
        "log\n0x7\n" + root_line, "log\n7\nAAAA\n", "log\n7\n" + root_line + "\n",
        "log\n7\n" + root_line + "\nmore\n", "log\n7\n" + root_line.substr(0, 44),
        "log\n7\n" + root_line + "more", "log\n7\n " + root_line);
    CHECK(error_of(checkpoint_from_text(text)).reason == "checkpoint-malformed");
}

TEST_CASE("a witness's cosignature holds for its checkpoint and its time alone") {
    const Signer witness = must(Signer::generate("witness.example"));
    const Signer other = must(Signer::generate("witness.example"));
    const std::string checkpoint = "log\n7\n" + root_line;
    const Signature good = cosign(witness, 1234, cosigned_message(1234, checkpoint));
    CHECK(must(verify_cosignature(checkpoint, good, witness.verifier())) == 1234);
    const auto is_bad = [&](const Signature& signature, const std::string& text) {
        return error_of(verify_cosignature(text, signature, witness.verifier())).reason ==
               "cosignature-bad";
    };
    CHECK(is_bad(good, "log\n8\n" + root_line));
    CHECK(is_bad(cosign(witness, 1235, cosigned_message(1234, checkpoint)), checkpoint));
    CHECK(is_bad(cosign(other, 1234, cosigned_message(1234, checkpoint)), checkpoint));
    CHECK(is_bad(cosign(witness, 1234, checkpoint), checkpoint));
    const std::uint64_t too_late = std::uint64_t{1} << 63U;
    CHECK(is_bad(cosign(witness, too_late, cosigned_message(too_late, checkpoint)), checkpoint));
    Signature changed = good;
    changed.bytes.pop_back();
    CHECK(is_bad(changed, checkpoint));
    changed = good;
    changed.name = "other.example";
    CHECK(is_bad(changed, checkpoint));
    changed = good;
    changed.key_id = key_id(witness.verifier());
    CHECK(is_bad(changed, checkpoint));
}
