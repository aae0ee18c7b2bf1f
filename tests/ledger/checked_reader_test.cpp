#include "ledger/checked_reader.hpp"

#include "ledger/codec.hpp"
#include "ledger/stream_records.hpp"
#include "tests/ledger/leaves.hpp"
#include "tests/ledger/sample_events.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

using namespace ledger;

namespace {

// Its tree is that of the lines as they were made; one of them may have been exchanged since.
class Exchanged final : public Reader {
public:
    explicit Exchanged(std::vector<std::string> lines)
        : lines_{std::move(lines)},
          tree_{lines_},
          root_{tests::root_by_definition(tree_.hashes())} {}

    void exchange(std::size_t position, std::string line) { lines_[position] = std::move(line); }
    void give_positions(std::vector<std::uint64_t> positions) { positions_ = std::move(positions); }

    Result<Head> head() const override { return Head{{}, lines_.size(), root_, 0}; }
    Result<std::vector<std::string>> lines(std::uint64_t position,
                                           std::size_t count_max) const override {
        std::vector<std::string> some;
        for (std::uint64_t at = position; at < lines_.size() && some.size() < count_max; ++at)
            some.push_back(lines_[at]);
        return some;
    }
    Result<std::uint64_t> stream_version(std::string_view /*stream*/) const override { return 0U; }
    Result<std::vector<std::uint64_t>> stream_positions(std::string_view /*stream*/,
                                                        std::uint64_t after,
                                                        std::size_t /*count_max*/) const override {
        return after == 0 ? positions_ : std::vector<std::uint64_t>{};
    }
    Result<std::optional<std::string>> content(const Digest& /*digest*/) const override {
        return std::optional<std::string>{};
    }
    Result<Digest> root_at(std::uint64_t size) const override {
        return ledger::root_at(size, tree_.subtree());
    }
    Result<Digest> subtree(unsigned level, std::uint64_t index) const override {
        return tree_.subtree()(level, index);
    }
    Result<std::optional<std::string>> checkpoint(std::uint64_t /*size_max*/) const override {
        return std::optional<std::string>{};
    }

private:
    std::vector<std::string> lines_;
    tests::Leaves tree_;
    Digest root_;
    std::vector<std::uint64_t> positions_;
};

std::string line_in(std::string_view stream, std::uint64_t version) {
    Record record = tests::sample_records().front();
    record.position = version - 1;
    record.stream = stream;
    record.stream_version = version;
    return tests::must(encode(record));
}

}  // namespace

TEST_CASE("lines that lead to the root are answered, from anywhere and of any number") {
    for (std::size_t size = 1; size <= 17; ++size) {
        const auto lines = tests::numbered_lines(size);
        const Exchanged inner{lines};
        const CheckedReader reader{inner};
        for (std::size_t begin = 0; begin <= size; ++begin)
            for (std::size_t end = begin; end <= size + 1; ++end)
                CHECK(tests::must(reader.lines(begin, end - begin)) ==
                      tests::must(inner.lines(begin, end - begin)));
    }
}

TEST_CASE("an exchanged line is refused by whatever reads it, and by nothing else") {
    constexpr std::size_t size = 13;
    for (std::size_t changed = 0; changed < size; ++changed) {
        Exchanged inner{tests::numbered_lines(size)};
        inner.exchange(changed, "another");
        const CheckedReader reader{inner};
        for (std::size_t begin = 0; begin < size; ++begin)
            for (std::size_t end = begin + 1; end <= size; ++end) {
                const auto read = reader.lines(begin, end - begin);
                const bool has_it = begin <= changed && changed < end;
                CHECK(read.has_value() != has_it);
                if (!read) CHECK(read.error().reason == "ledger-damaged");
            }
    }
}

TEST_CASE("an event of another stream, or out of its order, is not taken for the next of one") {
    Exchanged inner{{line_in("ledger", 1), line_in("ledger", 2), line_in("target/a", 3)}};
    std::size_t count = 0;
    const auto visit = [&](const Record&) { ++count; };
    inner.give_positions({0, 1});
    CHECK(for_each_record(inner, "ledger", visit));
    CHECK(count == 2);
    inner.give_positions({0, 1, 2});
    CHECK(for_each_record(inner, "ledger", visit).error().reason == "ledger-damaged");
    inner.give_positions({1});
    CHECK(for_each_record(inner, "ledger", visit).error().reason == "ledger-damaged");
}
