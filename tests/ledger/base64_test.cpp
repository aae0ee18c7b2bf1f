#include "ledger/base64.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck.h>

using namespace ledger;

TEST_CASE("base64 gives the examples of RFC 4648") {
    const auto [bytes, text] = GENERATE(table<std::string, std::string>({{"", ""},
                                                                         {"f", "Zg=="},
                                                                         {"fo", "Zm8="},
                                                                         {"foo", "Zm9v"},
                                                                         {"foob", "Zm9vYg=="},
                                                                         {"fooba", "Zm9vYmE="},
                                                                         {"foobar", "Zm9vYmFy"},
                                                                         {"\xfb\xff", "+/8="}}));
    CHECK(base64(bytes) == text);
    CHECK(from_base64(text) == bytes);
}

TEST_CASE("base64 in any other form is not read") {
    const auto text =
        GENERATE(as<std::string>{}, "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v=", "=",
                 "====", "Zm 9v", "Zm9v\n", "Zm-_", "Z===", "Z", "Zg==Zg==", "\xff\xff\xff\xff");
    CHECK(!from_base64(text));
}

TEST_CASE("any bytes are read back from their base64") {
    CHECK(rc::check(
        [](const std::string& bytes) { RC_ASSERT(*from_base64(base64(bytes)) == bytes); }));
}
