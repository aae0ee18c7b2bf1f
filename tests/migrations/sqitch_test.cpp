#include "migrations/layouts/sqitch_plan.hpp"
#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

using migrations::layouts::parse_sqitch_plan;
using tests::folder_of;
using tests::rules;
using tests::Texts;
using tests::versions;

namespace {

constexpr const char* plan = R"(%syntax-version=1.0.0
%project=shop

tables/a 2020-01-01T00:00:00Z A B <a@example.com> # first
b [tables/a !gone] 2020-01-02T00:00:00Z A B <a@example.com>
@v1 2020-01-03T00:00:00Z A B <a@example.com> # tag
@v2 2020-01-03T00:00:00Z A B <a@example.com>

+ b [b@v1 shop:tables/a other:thing] 2020-01-04T00:00:00Z C <c@example.com> # again
)";

}  // namespace

TEST_CASE("a sqitch plan is read with its tags, dependencies and reworks") {
    const auto read = parse_sqitch_plan(plan);
    CHECK(read.faults.empty());
    REQUIRE(read.changes.size() == 3);
    CHECK(read.changes[0].author == "A B <a@example.com>");
    CHECK(read.changes[1].version == "b");
    CHECK(read.changes[1].scripts == Texts{"b@v1", "b@v2"});
    CHECK(read.changes[2].version == "b#2");
    CHECK(read.changes[2].scripts == Texts{"b"});
    CHECK(read.changes[2].parents == Texts{"b", "tables/a"});
}

TEST_CASE("a sqitch plan's faults are said with their line") {
    const auto read =
        parse_sqitch_plan("a 2020 x\na 2020 x\nc [d] 2020 x\n-a\nd [!a] 2020 x\n@t x\n@t y\n");
    std::vector<std::uint32_t> lines;
    for (const auto& fault : read.faults) lines.push_back(fault.line);
    CHECK(lines == std::vector<std::uint32_t>{2, 3, 4, 5, 7});
}

TEST_CASE("sqitch's scripts are found by the plan, a reworked one by its tag") {
    const auto folder = folder_of({{"sqitch.plan", plan},
                                   {"deploy/tables/a.sql", "BEGIN; SELECT 1; COMMIT;"},
                                   {"revert/tables/a.sql", "BEGIN; SELECT 2; COMMIT;"},
                                   {"verify/tables/a.sql", "BEGIN; SELECT 3; ROLLBACK;"},
                                   {"deploy/b@v2.sql", "SELECT 4"},
                                   {"revert/b@v2.sql", "SELECT 5"},
                                   {"deploy/b.sql", "SELECT 6"},
                                   {"deploy/unplanned.sql", "SELECT 7"},
                                   {"other/x.sql", "SELEC"}});
    CHECK(folder.layout == "sqitch");
    CHECK(rules(folder) == Texts{"file-not-run"});
    CHECK(versions(folder) == Texts{"tables/a", "b", "b#2"});
    const auto& first = folder.migrations[0];
    CHECK(first.up.mode == migrations::TransactionMode::one);
    CHECK(first.down->path == "revert/tables/a.sql");
    CHECK(first.verify->path == "verify/tables/a.sql");
    CHECK(first.verify->statements.size() == 3);
    CHECK(first.author == "A B <a@example.com>");
    CHECK(folder.migrations[1].up.path == "deploy/b@v2.sql");
    CHECK(folder.migrations[1].down->path == "revert/b@v2.sql");
    CHECK(folder.migrations[2].up.path == "deploy/b.sql");
}

TEST_CASE("sqitch.conf says where things are, and a missing script is refused") {
    const auto folder = folder_of({{"sqitch.conf", "[core]\n\tengine = pg\n\ttop_dir = db\n"},
                                   {"db/sqitch.plan", "%project=x\na 2020 x\nb 2020 x\n"},
                                   {"db/deploy/a.sql", "SELECT 1"}});
    CHECK(versions(folder) == Texts{"a"});
    REQUIRE(rules(folder) == Texts{"file-missing"});
    CHECK(folder.diagnostics[0].file == "db/sqitch.plan");
    CHECK(folder.diagnostics[0].line == 3);
}
