#include "ledger/plain_text.hpp"

#include <catch2/catch.hpp>

#include <string>

TEST_CASE("plain_length stops before the first character that is not plain, wherever it is") {
    for (std::size_t size = 0; size <= 20; ++size) {
        const std::string plain(size, 'x');
        CHECK(ledger::plain_length(plain) == size);
        for (std::size_t place = 0; place < size; ++place)
            for (unsigned character = 0; character < 256; ++character) {
                std::string text = plain;
                text[place] = static_cast<char>(character);
                const bool is_plain = ledger::is_plain(static_cast<unsigned char>(character));
                if (ledger::plain_length(text) != (is_plain ? size : place))
                    FAIL("character " << character << " at " << place << " of " << size);
            }
    }
}

TEST_CASE("plain_length is not led astray by what follows") {
    CHECK(ledger::plain_length("abc\"\x01\x02\x03\x04") == 3);
    CHECK(ledger::plain_length(std::string("\x1f\x20\x20\x20\x20\x20\x20\x20")) == 0);
    CHECK(ledger::plain_length("!#[]~\x7f !") == 8);
    CHECK(ledger::plain_length("abcdefg\\\"") == 7);
}
