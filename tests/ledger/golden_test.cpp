#include "ledger/codec.hpp"
#include "tests/ledger/sample_events.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

using namespace ledger;

namespace {

std::vector<std::string> golden_lines() {
    std::ifstream in{tests::source_folder() + "/tests/golden/events.jsonl", std::ios::binary};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

}  // namespace

TEST_CASE("every type of event has a golden line") {
    std::set<std::size_t> types;
    for (const std::string& line : golden_lines())
        types.insert(tests::must(decode(line)).data.index());
    for (std::size_t type = 0; type < std::variant_size_v<ledger::EventVariant>; ++type) {
        INFO("alternative " << type << " of ledger::Event");
        CHECK(types.contains(type));
    }
}

TEST_CASE("every event keeps its stored bytes forever") {
    const std::vector<std::string> lines = golden_lines();
    const std::vector<Record> records = tests::sample_records();
    REQUIRE(lines.size() == records.size());
    for (std::size_t index = 0; index < lines.size(); ++index) {
        CHECK(tests::must(encode(records[index])) == lines[index]);
        CHECK(tests::must(decode(lines[index])) == records[index]);
    }
}

TEST_CASE("the data of an event is the end of its line") {
    for (const std::string& line : golden_lines()) {
        const Record record = tests::must(decode(line));
        const std::string data = tests::must(encode_data(record.data));
        CHECK_THAT(line, Catch::EndsWith(",\"data\":" + data + "}"));
    }
}
