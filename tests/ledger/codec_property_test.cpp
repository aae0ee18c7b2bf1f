#include "ledger/codec.hpp"
#include "tests/ledger/arbitrary_record.hpp"
#include "tests/ledger/sample_events.hpp"
#include "tests/support/must.hpp"
#include "tests/support/soak.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <rapidcheck.h>

using namespace ledger;

namespace {

// What a hostile or damaged line is likely to hold.
constexpr std::array<std::string_view, 32> fragments{"null",
                                                     "\\u0000",
                                                     "\\u001f",
                                                     "\\u001F",
                                                     "\\/",
                                                     "\\b",
                                                     "\\u0008",
                                                     "-0",
                                                     "-",
                                                     "00",
                                                     "1e3",
                                                     ".0",
                                                     "NaN",
                                                     "\xff",
                                                     "\xc0\x80",
                                                     "\xed\xa0\x80",
                                                     "\\ud800",
                                                     "{",
                                                     "}",
                                                     "[",
                                                     "]",
                                                     ",",
                                                     " ",
                                                     "\"",
                                                     "\n",
                                                     "true",
                                                     "99999999999999999999",
                                                     "\"v\":1,",
                                                     "\\",
                                                     "9223372036854775808",
                                                     "\"data\":{}",
                                                     "\xef\xbb\xbf"};
constexpr std::string_view likely = "0123456789-,\"{}[]\\unft";

using Random = std::mt19937_64;

void mutate(std::string& line, const std::vector<std::string>& others, Random& random) {
    const std::size_t place = random() % (line.size() + 1);
    const bool inside = place < line.size();
    switch (random() % 6) {
        case 0:
            if (inside) line[place] = static_cast<char>(random());
            break;
        case 1:
            if (inside) line.erase(place, 1 + random() % 4);
            break;
        case 2:
            line.insert(place, fragments[random() % fragments.size()]);
            break;
        case 3:
            if (inside) line.insert(random() % line.size(), line.substr(place, random() % 40));
            break;
        case 4:
            if (inside) line[place] = likely[random() % likely.size()];
            break;
        default: {
            const std::string& other = others[random() % others.size()];
            line = line.substr(0, place) + other.substr(std::min(other.size(), place));
        }
    }
}

}  // namespace

TEST_CASE("every record is read back from its line as it was") {
    const std::size_t rounds = tests::soak(3, 300);
    for (std::size_t round = 0; round < rounds; ++round)
        CHECK(rc::check([] {
            const Record record = tests::arbitrary_record();
            const auto line = encode(record);
            if (!line) {
                RC_ASSERT(line.error().detail.find("more bytes") != std::string::npos);
                return;
            }
            const auto again = decode(*line);
            RC_ASSERT(again.has_value());
            RC_ASSERT(*again == record);
            RC_ASSERT(*encode(*again) == *line);
            RC_ASSERT(line->find('\n') == std::string::npos);
        }));
}

TEST_CASE("a changed line is refused, or is itself the line of an event") {
    std::vector<std::string> lines;
    for (const Record& record : tests::sample_records())
        lines.push_back(tests::must(encode(record)));
    Random random{20'261'122};
    std::size_t accepted = 0;
    const std::size_t rounds = tests::soak(40'000, 10'000'000);
    for (std::size_t round = 0; round < rounds; ++round) {
        std::string line = lines[random() % lines.size()];
        for (std::size_t count = 1 + random() % 3; count > 0; --count) mutate(line, lines, random);
        const auto record = decode(line);
        if (!record) continue;
        ++accepted;
        const auto again = encode(*record);
        if (!again || *again != line) FAIL_CHECK("read, and written in another way: " << line);
    }
    CHECK(accepted > 0);
}
