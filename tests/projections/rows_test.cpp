#include "projections/rows.hpp"

#include "projections/memory_rows.hpp"

#include <catch2/catch.hpp>

namespace rows_test {

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
    ledger::Result<void> write(std::vector<RowChange>) override { return {}; }
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
    CHECK(rows.take_changes(hash) == std::vector<RowChange>{{"p/b", std::nullopt}, {"p/c", "3"}});
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

TEST_CASE("a row that was put as a value has its bytes when they are asked for") {
    int encoded = 0;
    static int* counter = nullptr;
    counter = &encoded;
    const Rows::Encode encode = [](const std::any& value) -> ledger::Result<std::string> {
        ++*counter;
        return std::to_string(*std::any_cast<int>(&value));
    };
    const Rows::Decode<int> decode = [](std::string_view bytes) -> ledger::Result<int> {
        return std::stoi(std::string(bytes));
    };
    MemoryRows below;
    REQUIRE(below.write({{"p/a", "1"}}));
    Rows rows(below, "p/");
    CHECK(*rows.value<int>("a", decode) == 1);
    CHECK(rows.value<int>("b", decode) == nullptr);
    for (int number = 0; number < 5; ++number) rows.put_value("a", number, encode);
    CHECK(*rows.value<int>("a", decode) == 4);
    CHECK(encoded == 0);
    StateHash hash;
    CHECK(rows.take_changes(hash) == std::vector<RowChange>{{"p/a", "4"}});
    CHECK(encoded == 1);
    CHECK(rows.take_replaced() == std::vector<std::optional<std::string>>{"1"});
    rows.clear();
    for (int number = 0; number < 5; ++number) rows.put_value("a", number, encode);
    CHECK(rows.get("a") == "4");
    CHECK(rows.scan("") == std::vector<Row>{{"a", "4"}});
    CHECK(encoded == 2);
    rows.put("a", "5");
    CHECK(rows.get("a") == "5");
    CHECK(*rows.value<int>("a", decode) == 5);
    rows.put_value("a", 6, encode);
    rows.erase("a");
    CHECK(rows.get("a") == std::nullopt);
    CHECK(rows.value<int>("a", decode) == nullptr);
}

TEST_CASE("a row is changed in place, as a value or as bytes") {
    const Rows::Decode<int> decode = [](std::string_view bytes) -> ledger::Result<int> {
        if (bytes == "x") return ledger::fail(ledger::Code::corrupt, "row-unreadable");
        return std::stoi(std::string(bytes));
    };
    const Rows::Encode encode = [](const std::any& value) -> ledger::Result<std::string> {
        return std::to_string(*std::any_cast<int>(&value));
    };
    MemoryRows below;
    REQUIRE(below.write({{"p/a", "1"}, {"p/b", "b"}, {"p/bad", "x"}}));
    Rows rows(below, "p/");
    rows.edit<int>("a", decode, encode) += 1;
    CHECK(rows.get("a") == "2");
    rows.edit<int>("a", decode, encode) += 1;
    rows.edit<int>("new", decode, encode) += 7;
    rows.bytes("b") += "c";
    rows.bytes("made") += "d";
    StateHash hash;
    CHECK(rows.take_changes(hash) ==
          std::vector<RowChange>{{"p/a", "3"}, {"p/b", "bc"}, {"p/made", "d"}, {"p/new", "7"}});
    rows.clear();
    CHECK(rows.get("a") == "1");
    CHECK(rows.get("new") == std::nullopt);
    rows.edit<int>("bad", decode, encode) += 1;
    REQUIRE(rows.error());
    CHECK(rows.error()->reason == "row-unreadable");
}

TEST_CASE("rows that know all keys ask below for no other") {
    KnownKeys known;
    MemoryRows below;
    REQUIRE(below.write({{"p/unknown", "1"}}));
    Rows rows(below, "p/", &known);
    CHECK(rows.get("unknown") == std::nullopt);  // as if there were none
    rows.put("a", "1");
    StateHash hash;
    REQUIRE(below.write(rows.take_changes(hash)));
    rows.clear();
    CHECK(rows.get("a") == "1");
}

TEST_CASE("a value that has no bytes is an error of its rows") {
    const MemoryRows below;
    Rows rows(below, "p/");
    rows.put_value("a", 1, [](const std::any&) -> ledger::Result<std::string> {
        return ledger::fail(ledger::Code::refused, "row-not-encodable");
    });
    CHECK_FALSE(rows.error());
    StateHash hash;
    static_cast<void>(rows.take_changes(hash));
    REQUIRE(rows.error());
    CHECK(rows.error()->reason == "row-not-encodable");
}

}  // namespace rows_test
