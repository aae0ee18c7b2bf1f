#include "ledger/key_encryption.hpp"

#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

using ledger::Secret;
using tests::must;

namespace {

const std::string key_name = "example.com/varve/018bcfe5-6800-7000-8000-000000000000";

}  // namespace

TEST_CASE("an encrypted key is the same key again with its passphrase, and with no other") {
    const auto signer = must(ledger::Signer::generate(key_name));
    const auto text = must(ledger::encrypt_key(signer, Secret{"correct horse"}));
    CHECK(ledger::is_encrypted_key(text));
    CHECK_FALSE(ledger::is_encrypted_key(signer.private_text()));
    CHECK(must(ledger::verifier_of_encrypted_key(text)) == signer.verifier());

    const auto opened = must(ledger::decrypt_key(text, Secret{"correct horse"}));
    CHECK(opened.verifier() == signer.verifier());
    CHECK(opened.private_text() == signer.private_text());
    CHECK(ledger::decrypt_key(text, Secret{"correct hors"}).error().reason == "passphrase-wrong");
    CHECK(ledger::decrypt_key(text, Secret{}).error().reason == "passphrase-wrong");
}

TEST_CASE("an empty passphrase encrypts nothing") {
    const auto signer = must(ledger::Signer::generate(key_name));
    CHECK(ledger::encrypt_key(signer, Secret{}).error().reason == "passphrase-missing");
}

TEST_CASE("the file of an encrypted key tells nothing of the key") {
    const auto signer = must(ledger::Signer::generate(key_name));
    const std::string text = must(ledger::encrypt_key(signer, Secret{"x"}));
    const std::string seed = signer.private_text();
    CHECK(text.find(seed.substr(seed.size() - 20)) == std::string::npos);
    CHECK(text != must(ledger::encrypt_key(signer, Secret{"x"})));
}

TEST_CASE("a damaged or exchanged encrypted key is told apart from a wrong passphrase") {
    const auto signer = must(ledger::Signer::generate(key_name));
    const auto other = must(ledger::Signer::generate(key_name));
    const std::string text = must(ledger::encrypt_key(signer, Secret{"x"}));
    const std::string title = text.substr(0, text.find('\n'));
    const std::string pem = text.substr(text.find('\n'));
    const auto reason = [](const std::string& of) {
        return ledger::decrypt_key(of, Secret{"x"}).error().reason;
    };
    CHECK(reason(text.substr(0, text.size() / 2)) == "key-malformed");
    CHECK(reason(pem) == "key-malformed");
    CHECK(reason(title + "\n") == "key-malformed");
    CHECK(reason("Varve signing key " + ledger::to_text(other.verifier()) + pem) ==
          "key-malformed");
}

TEST_CASE("a secret is gone when it is wiped") {
    std::string text(100, 'x');
    const char* const bytes = text.data();
    ledger::wipe(text);
    CHECK(text.empty());
    CHECK(bytes[1] == '\0');
}
