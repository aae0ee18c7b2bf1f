#include "ledger/digest.hpp"

#include "tests/support/print.hpp"

#include <catch2/catch.hpp>

using namespace ledger;

TEST_CASE("sha256 gives the digests of FIPS 180-4's examples") {
    CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(hex(sha256(std::string(1'000'000, 'a'))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256 of two parts is that of both together") {
    CHECK(sha256("ab", "c") == sha256("abc"));
    CHECK(sha256("", "abc") == sha256("abc"));
}

TEST_CASE("sha256 of many parts is that of all together") {
    Sha256 parts;
    for (int part = 0; part < 1'000; ++part) parts.update(std::string(1'000, 'a'));
    parts.update("");
    CHECK(parts.finish() == sha256(std::string(1'000'000, 'a')));
    CHECK(Sha256{}.finish() == sha256(""));
}

TEST_CASE("a digest is read back from its hex") {
    const Digest digest = sha256("anything");
    CHECK(digest_from_hex(hex(digest)) == digest);
}

TEST_CASE("a digest is 64 lower-case hex characters and nothing else") {
    const std::string text = hex(sha256("abc"));
    CHECK(!digest_from_hex(""));
    CHECK(!digest_from_hex(text.substr(1)));
    CHECK(!digest_from_hex(text + "0"));
    CHECK(!digest_from_hex("B" + text.substr(1)));
    CHECK(!digest_from_hex(text.substr(0, 63) + "g"));
    CHECK(!digest_from_hex(std::string(64, '\0')));
}

TEST_CASE("hex of bytes keeps leading zeros") {
    CHECK(hex(std::string_view{"\x00\x0f\xff", 3}) == "000fff");
}

TEST_CASE("every character at every place of a digest is read as the digit it is, or refused") {
    const std::string digits = "0123456789abcdef";
    for (std::size_t place = 0; place < 64; ++place)
        for (int code = 0; code < 256; ++code) {
            std::string text(64, 'a');
            text[place] = static_cast<char>(code);
            const auto digest = digest_from_hex(text);
            const bool is_digit = digits.find(static_cast<char>(code)) != digits.npos;
            REQUIRE(digest.has_value() == is_digit);
            if (digest) REQUIRE(hex(*digest) == text);
        }
}
