#include "commands/expected_time.hpp"

#include <catch2/catch.hpp>

namespace expected_time_test {

using namespace commands;

namespace {

const RelationName orders{"public", "orders"};
constexpr std::uint64_t gibibyte = 1024ULL * 1024 * 1024;

MeasuredStatement reading(std::uint64_t rows, std::uint64_t count, std::uint64_t elapsed_us) {
    MeasuredStatement statement;
    statement.scans[orders] = {rows, count};
    statement.elapsed_us = elapsed_us;
    return statement;
}

}  // namespace

TEST_CASE("a statement that reads no table has no expected time") {
    CHECK_FALSE(expected_time({}, {{orders, {1e6, gibibyte, 0}}}));
}

TEST_CASE("a table that the target does not have is not expected to take time") {
    CHECK_FALSE(expected_time(reading(0, 1, 100), {}));
}

TEST_CASE("time on enough rows is scaled by the ratio of rows") {
    const auto expected =
        expected_time(reading(20'000, 2, 50'000), {{orders, {1'000'000, gibibyte, 0}}});
    REQUIRE(expected);
    CHECK(expected->us == 5'000'000);
    CHECK(expected->arithmetic == "50 ms for 10000 rows of orders on the shadow, 1000000 there");
}

TEST_CASE("an empty table is told by the target's bytes") {
    const auto expected = expected_time(reading(0, 1, 300), {{orders, {4e6, 2 * gibibyte, 0}}});
    REQUIRE(expected);
    CHECK(expected->us == 10'240'000);
    CHECK(expected->arithmetic == "reads 2048 MiB of orders at 200 MiB/s");
}

TEST_CASE("a rewrite writes the table again and builds its indexes") {
    auto statement = reading(0, 1, 300);
    statement.rewritten = {orders};
    statement.reindexed = {{"public", "orders_pkey"}};
    statement.index_tables[{"public", "orders_pkey"}] = orders;
    const auto expected = expected_time(statement, {{orders, {400'000, 100 * 1024 * 1024, 0}}});
    REQUIRE(expected);
    CHECK(expected->us == 500'000 + 2'000'000 + 1'000'000);
    CHECK(expected->arithmetic ==
          "reads 100 MiB of orders at 200 MiB/s + writes 100 MiB at 50 MiB/s + builds 1 index of "
          "400000 rows at 400,000 rows/s");
}

TEST_CASE("rows of one table alone do not tell of another that the copy had none of") {
    const RelationName live{"public", "orders_live"};
    auto statement = reading(1'000, 1, 4'000);
    statement.scans[live] = {0, 1};
    const auto expected = expected_time(
        statement, {{orders, {1'000, 8'192, 0}}, {live, {1e6, 100 * 1024 * 1024, 0}}});
    REQUIRE(expected);
    CHECK(expected->us > 500'000);
    CHECK(expected->arithmetic.find("reads 100 MiB of orders_live") != std::string::npos);
}

TEST_CASE("what changes rows writes them, and enters them in every index") {
    auto statement = reading(0, 1, 300);
    statement.kind = "update";
    for (const char* name : {"orders", "orders_pkey", "orders_k_idx"})
        statement.locks.push_back({{"public", name}, false, LockMode::row_exclusive});
    for (const char* name : {"orders_pkey", "orders_k_idx"})
        statement.index_tables[{"public", name}] = orders;
    const auto expected = expected_time(statement, {{orders, {400'000, 100 * 1024 * 1024, 0}}});
    REQUIRE(expected);
    CHECK(expected->us == 500'000 + 2'000'000 + 2'000'000);
    CHECK(expected->arithmetic ==
          "reads 100 MiB of orders at 200 MiB/s + writes 100 MiB at 50 MiB/s, where all rows "
          "change + enters 2 indexes of 400000 rows at 400,000 rows/s");
    statement.kind = "select";
    CHECK(expected_time(statement, {{orders, {400'000, 100 * 1024 * 1024, 0}}})->us == 500'000);
    statement.kind = "create-table-as";
    CHECK(expected_time(statement, {{orders, {400'000, 100 * 1024 * 1024, 0}}})->us == 2'500'000);
}

TEST_CASE("an index is built of the rows of its own table") {
    MeasuredStatement statement;
    std::map<RelationName, RelationFigures> target;
    for (int number = 0; number < 500; ++number) {
        const RelationName table{"public", "p" + std::to_string(number)};
        const RelationName index{"public", table.name + "_x_idx"};
        statement.scans[table] = {0, 1};
        statement.new_files.emplace_back(index, 'i');
        statement.index_tables[index] = table;
        target[table] = {0, 0, 0};
    }
    target[{"public", "p7"}] = {400'000, 100 * 1024 * 1024, 0};
    target[{"public", "p8"}] = {800'000, 200 * 1024 * 1024, 0};
    const auto expected = expected_time(statement, target);
    REQUIRE(expected);
    CHECK(expected->us == 1'500'000 + 3'000'000);
    CHECK(expected->arithmetic ==
          "reads 200 MiB of p8 at 200 MiB/s + builds 1 index of 800000 rows at 400,000 rows/s + "
          "reads 100 MiB of p7 at 200 MiB/s + builds 1 index of 400000 rows at 400,000 rows/s + "
          "reads less than 1 MiB of p0 at 200 MiB/s + less than 0.1 s for 497 more");
}

TEST_CASE("of a table whose size is not known nothing is reckoned") {
    const auto statement = reading(0, 1, 300);
    RelationFigures unknown;
    unknown.is_size_unknown = true;
    CHECK_FALSE(expected_time(statement, {{orders, unknown}}));
}

TEST_CASE("what is emptied is neither read nor written nor indexed") {
    auto statement = reading(0, 3, 300);
    statement.text = "TRUNCATE orders";
    statement.kind = "truncate";
    statement.rewritten = {orders};
    statement.reindexed = {{"public", "orders_pkey"}};
    statement.index_tables[{"public", "orders_pkey"}] = orders;
    statement.locks = {{orders, false, LockMode::access_exclusive},
                       {{"public", "orders_pkey"}, false, LockMode::access_exclusive}};
    const std::map<RelationName, RelationFigures> target{{orders, {4e6, gibibyte, 0}}};
    CHECK_FALSE(expected_time(statement, target));
    statement.kind = "refresh-materialized-view";
    statement.text = "REFRESH MATERIALIZED VIEW orders WITH NO DATA";
    CHECK_FALSE(expected_time(statement, target));
    statement.text = "REFRESH MATERIALIZED VIEW orders";
    CHECK(expected_time(statement, target));
}

TEST_CASE("a foreign key that is validated reads what is referred to as well") {
    const RelationName parent{"public", "parent"};
    auto statement = reading(0, 1, 300);
    statement.kind = "alter-table";
    statement.foreign_keys = {{orders, parent}};
    std::map<RelationName, RelationFigures> target{{orders, {400'000, 100 * 1024 * 1024, 0}},
                                                   {parent, {2e6, 64 * 1024 * 1024, 0}}};
    const auto in_order = expected_time(statement, target);
    REQUIRE(in_order);
    CHECK(in_order->us == 500'000 + 2'000'000);
    CHECK(in_order->arithmetic ==
          "reads 100 MiB of orders at 200 MiB/s + reads 2000000 keys of parent at 1,000,000 "
          "rows/s");
    target[orders] = {5'000, 1024 * 1024, 0};
    const auto one_by_one = expected_time(statement, target);
    REQUIRE(one_by_one);
    CHECK(one_by_one->us == 5'000 + 500'000);
    CHECK(one_by_one->arithmetic.ends_with("looks up 5000 rows in parent at 10,000 rows/s"));
    statement.scans[parent] = {0, 1};
    CHECK(expected_time(statement, target)->us == 5'000 + 320'000);
}

TEST_CASE(
    "a foreign key reads who refers by its keys too, and of a new column nothing is looked up") {
    const RelationName parent{"public", "parent"};
    MeasuredStatement statement;
    statement.text = "ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES parent";
    statement.foreign_keys = {{orders, parent}};
    const std::map<RelationName, RelationFigures> target{{orders, {400'000, 100 * 1024 * 1024, 0}},
                                                         {parent, {2e6, 64 * 1024 * 1024, 0}}};
    REQUIRE(expected_time(statement, target));
    CHECK(expected_time(statement, target)->us == 500'000 + 2'000'000);
    statement.scans[orders] = {0, 1};
    statement.text = "ALTER TABLE orders ADD COLUMN p int REFERENCES parent";
    CHECK(expected_time(statement, target)->us == 500'000);
}

TEST_CASE("rows of who refers alone do not tell of what is looked up") {
    const RelationName parent{"public", "parent"};
    auto statement = reading(1'000, 1, 1'000);
    statement.foreign_keys = {{orders, parent}};
    CHECK(
        expected_time(statement, {{orders, {1'000, 8'192, 0}}, {parent, {4e6, gibibyte, 0}}})->us >=
        100'000);
}

}  // namespace expected_time_test
