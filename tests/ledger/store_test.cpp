#include "ledger/store.hpp"

#include "ledger/codec.hpp"
#include "tests/ledger/sample_events.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

using namespace ledger;

namespace {

// Gives its lines, whatever they are, from the position asked for on.
class Lines final : public Reader {
public:
    explicit Lines(std::vector<std::string> lines) : lines_{std::move(lines)} {}

    Result<std::vector<std::string>> lines(std::uint64_t position,
                                           std::size_t count_max) const override {
        std::vector<std::string> some;
        for (std::uint64_t at = position; at < lines_.size() && some.size() < count_max; ++at)
            some.push_back(lines_[at]);
        return some;
    }
    Result<Head> head() const override { return Head{}; }
    Result<std::uint64_t> stream_version(std::string_view /*stream*/) const override { return 0U; }
    Result<std::vector<std::uint64_t>> stream_positions(std::string_view /*stream*/,
                                                        std::uint64_t /*after*/,
                                                        std::size_t /*count_max*/) const override {
        return std::vector<std::uint64_t>{};
    }
    Result<std::optional<std::string>> content(const Digest& /*digest*/) const override {
        return std::optional<std::string>{};
    }
    Result<Digest> root_at(std::uint64_t /*size*/) const override { return Digest{}; }
    Result<Digest> subtree(unsigned /*level*/, std::uint64_t /*index*/) const override {
        return Digest{};
    }
    Result<std::optional<std::string>> checkpoint(std::uint64_t /*size_max*/) const override {
        return std::optional<std::string>{};
    }

private:
    std::vector<std::string> lines_;
};

std::vector<std::string> sample_lines() {
    std::vector<std::string> lines;
    for (const Record& record : tests::sample_records())
        lines.push_back(tests::must(encode(record)));
    return lines;
}

}  // namespace

TEST_CASE("read_records decodes the lines it is given") {
    const Lines reader{sample_lines()};
    const std::vector<Record> records = tests::must(read_records(reader, 2, 3));
    REQUIRE(records.size() == 3);
    CHECK(records.front() == tests::sample_records()[2]);
}

TEST_CASE("read_records says where a line cannot be read") {
    std::vector<std::string> lines = sample_lines();
    lines[3].pop_back();
    const Error error = tests::error_of(read_records(Lines{lines}, 1, 10));
    CHECK(error.code == Code::corrupt);
    CHECK(error.reason == "event-unreadable");
    CHECK_THAT(error.detail, Catch::StartsWith("event 3: "));
}

TEST_CASE("read_records refuses an event that is not where it says it is") {
    std::vector<std::string> lines = sample_lines();
    std::swap(lines[2], lines[3]);
    const Error error = tests::error_of(read_records(Lines{lines}, 0, 10));
    CHECK(error.code == Code::corrupt);
    CHECK(error.reason == "ledger-damaged");
}
