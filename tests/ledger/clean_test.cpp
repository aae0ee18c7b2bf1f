#include "ledger/clean.hpp"

#include "ledger/codec.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck.h>

using namespace ledger;

namespace {

// The length of `text` inside its quotes, as it is stored.
std::size_t escaped_length(const std::string& text) {
    StatementResult result;
    result.command_tag = text;
    const std::string with = tests::must(encode_statements({result}));
    result.command_tag.clear();
    return with.size() - tests::must(encode_statements({result})).size();
}

}  // namespace

TEST_CASE("clean leaves good text alone") {
    const std::string text = "ERROR: caf\u00e9 \U0001f600 \"x\"\n\ttab \x01\x7f";
    CHECK(clean(text, 1'000) == text);
}

TEST_CASE("clean puts U+FFFD for each bad byte and for NUL") {
    CHECK(clean("a\xff"
                "b",
                100) == "a\ufffdb");
    CHECK(clean({"a\0b", 3}, 100) == "a\ufffdb");
    CHECK(clean("\xed\xa0\x80", 100) == "\ufffd\ufffd\ufffd");  // a surrogate
    CHECK(clean("\xc3", 100) == "\ufffd");                      // cut in the middle
}

TEST_CASE("clean cuts where the escaped form would be too long, never inside a character") {
    CHECK(clean("abc", 2) == "ab");
    CHECK(clean("\n\n", 3) == "\n");
    CHECK(clean("\x01\x01", 11) == "\x01");
    CHECK(clean("\u00e9\u00e9", 3) == "\u00e9");
    CHECK(clean("\xff\xff", 5) == "\ufffd");
    CHECK(clean("abc", 0).empty());
}

TEST_CASE("well-formed UTF-8 is what Unicode's table 3-7 says") {
    const auto good = GENERATE(as<std::string>{}, "", "\x7f", "\xc2\x80", "\xdf\xbf",
                               "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
                               "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf");
    CHECK(is_well_formed_utf8(good));
}

TEST_CASE("overlong, surrogate, too large and cut sequences are ill-formed") {
    const auto bad =
        GENERATE(as<std::string>{}, "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf",
                 "\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                 "\xf5\x80\x80\x80", "\xff", "\xe2\x28\xa1", "\xf0\x9f\x98");
    CHECK(!is_well_formed_utf8(bad));
    CHECK(find_ill_formed_utf8("ab" + bad) == 2);
}

TEST_CASE("whatever comes in, clean gives text that can be stored, within its limit") {
    CHECK(rc::check([](const std::string& bytes, std::uint8_t limit) {
        const std::string text = clean(bytes, limit);
        RC_ASSERT(escaped_length(text) <= limit);
        RC_ASSERT(clean(text, limit) == text);
    }));
}
