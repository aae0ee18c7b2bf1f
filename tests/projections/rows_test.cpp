#include "projections/rows.hpp"

#include "projections/memory_rows.hpp"

#include <catch2/catch.hpp>

using namespace projections;

namespace {

class DamagedRows final : public RowStore {
public:
    ledger::Result<std::optional<std::string>> get(std::string_view) const override {
        return ledger::fail(ledger::Code::corrupt, "rows-damaged");
    }
    ledger::Result<std::vector<Row>> scan(std::string_view) const override {
        return ledger::fail(ledger::Code::corrupt, "rows-damaged");
    }
    ledger::Result<void> write(const std::vector<RowChange>&) override { return {}; }
};

}  // namespace

TEST_CASE("rows see their own projection's rows alone") {
    MemoryRows below;
    REQUIRE(below.write({{"p/1/a", "1"}, {"p/2/a", "other"}, {"p/1/b", "2"}}));
    Rows rows(below, "p/1/");
    CHECK(rows.get("a") == "1");
    CHECK(rows.scan("") == std::vector<Row>{{"a", "1"}, {"b", "2"}});
}

TEST_CASE("rows read back what was put and erased, before it is written") {
    MemoryRows below;
    REQUIRE(below.write({{"p/a", "1"}, {"p/b", "2"}}));
    Rows rows(below, "p/");
    rows.put("a", "new");
    rows.erase("b");
    rows.put("c", "3");
    CHECK(rows.get("a") == "new");
    CHECK(rows.get("b") == std::nullopt);
    CHECK(rows.scan("") == std::vector<Row>{{"a", "new"}, {"c", "3"}});
    CHECK(below.scan("")->size() == 2);
}

TEST_CASE("the changes of rows are what is different in the end") {
    MemoryRows below;
    REQUIRE(below.write({{"p/a", "1"}, {"p/b", "2"}}));
    StateHash hash;
    hash.add("a", "1");
    hash.add("b", "2");
    Rows rows(below, "p/");
    rows.put("a", "2");
    rows.put("a", "1");
    rows.erase("b");
    rows.put("passing", "by");
    rows.erase("passing");
    rows.put("c", "3");
    CHECK(rows.changes(hash) == std::vector<RowChange>{{"p/b", std::nullopt}, {"p/c", "3"}});
    StateHash expected;
    expected.add("a", "1");
    expected.add("c", "3");
    CHECK(hash == expected);
}

TEST_CASE("the first error of rows sticks, and reads answer nothing from then on") {
    const DamagedRows below;
    Rows rows(below, "p/");
    CHECK(rows.get("a") == std::nullopt);
    REQUIRE(rows.error());
    CHECK(rows.error()->reason == "rows-damaged");
    rows.fail({ledger::Code::refused, "later", {}, {}});
    rows.put("a", "1");
    CHECK(rows.get("a") == std::nullopt);
    CHECK(rows.scan("").empty());
    CHECK(rows.error()->reason == "rows-damaged");
}
