#include "ledger/decode_into.hpp"

#include "ledger/codec.hpp"
#include "tests/ledger/sample_events.hpp"
#include "tests/support/must.hpp"
#include "tests/support/print.hpp"

#include <catch2/catch.hpp>

using namespace ledger;

namespace {

// The same type of event, with nothing in it or around it.
Record emptied(const Record& full) {
    Record record;
    record.data = full.data;
    std::visit([]<class Any>(Any& event) { event = Any{}; }, record.data);
    if (auto* const opaque = std::get_if<Opaque>(&record.data)) *opaque = {"unknown.7", "{}"};
    return record;
}

}  // namespace

TEST_CASE("nothing is left of what a record was before, whatever the types") {
    const std::vector<Record> samples = tests::sample_records();
    Record used;
    for (std::size_t index = 0; index < samples.size(); ++index) {
        const std::string full = tests::must(encode(samples[index]));
        const std::string empty = tests::must(encode(emptied(samples[index])));
        for (const std::string& line : {full, empty, full, full}) {
            REQUIRE(decode_into(line, used));
            CHECK(used == tests::must(decode(line)));
        }
        const std::string other = tests::must(encode(samples[(index + 7) % samples.size()]));
        REQUIRE(decode_into(other, used));
        CHECK(used == tests::must(decode(other)));
    }
}

TEST_CASE("a line that cannot be read is the same error, and the record can be used again") {
    const std::vector<Record> samples = tests::sample_records();
    const std::string line = tests::must(encode(samples.back()));
    Record used = samples.front();
    for (std::size_t size = 0; size < line.size(); ++size) {
        const auto read = decode_into(line.substr(0, size), used);
        REQUIRE_FALSE(read);
        CHECK(read.error() == decode(line.substr(0, size)).error());
    }
    REQUIRE(decode_into(line, used));
    CHECK(used == samples.back());
}
