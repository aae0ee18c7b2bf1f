#include "ledger/note.hpp"
#include "tests/ledger/vectors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

using namespace ledger;
using tests::bytes_of_hex;
using tests::Json;

namespace {

bool holds(const std::string& key, const std::string& message, const std::string& signature) {
    PublicKey public_key;
    std::array<std::uint8_t, 64> bytes{};
    if (key.size() != public_key.bytes.size() || signature.size() != bytes.size()) return false;
    std::copy(key.begin(), key.end(), public_key.bytes.begin());
    std::copy(signature.begin(), signature.end(), bytes.begin());
    return verify_signature(public_key, message, bytes);
}

}  // namespace

TEST_CASE("wycheproof: Ed25519 signatures hold, or not, as they say") {
    if (tests::vectors_are_absent()) return;
    const Json vectors = tests::vector_json("ed25519/wycheproof_ed25519_test.json");
    std::size_t count = 0;
    for (const Json& group : vectors.at("testGroups"))
        for (const Json& test : group.at("tests")) {
            ++count;
            INFO(test.at("tcId") << ": " << test.at("comment"));
            CHECK(holds(bytes_of_hex(group.at("publicKey").at("pk")), bytes_of_hex(test.at("msg")),
                        bytes_of_hex(test.at("sig"))) == (test.at("result") == "valid"));
        }
    CHECK(count == 151);
}
