#include "tests/migrations/bookkeeping/books.hpp"

#include <catch2/catch.hpp>

namespace sqitch_test {

using namespace tests;

namespace {

// A project as sqitch 1.3 has made it, and the rows that it left.
const std::string plan =
    "%syntax-version=1.0.0\n"
    "%project=shop\n"
    "%uri=https://example.com/shop\n"
    "\n"
    "a 2026-11-25T22:19:36Z Ada Byron <ada@example.com> # the first, with \\\\ and more\n"
    "b [a] 2026-11-25T22:19:39Z Ada Byron <ada@example.com> # second\n"
    "@v1 2026-11-25T22:19:42Z Ada Byron <ada@example.com> # v1\n"
    "b [b@v1 a] 2026-11-25T22:19:51Z Ada Byron <ada@example.com> # reworked\n";

const Files files{{"sqitch.plan", plan},
                  {"deploy/a.sql", "BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\n"},
                  {"deploy/b@v1.sql", "BEGIN;\nCREATE TABLE b (id int);\nCOMMIT;\n"},
                  {"deploy/b.sql", "BEGIN;\nALTER TABLE b ADD x int;\nCOMMIT;\n"}};

const std::vector<std::string> columns{"change_id",      "script_hash",  "change",
                                       "project",        "committed_at", "committer_name",
                                       "committer_email"};

std::vector<Cell> row(const std::string& id, const std::string& hash, const std::string& change,
                      const std::string& at) {
    return {id, hash, change, "shop", at, "Ada Byron", "ada@example.com"};
}

const std::vector<Cell> row_a = row("87b2dedba5a11e9e8669bb04a0511b092ee85808",
                                    "4b3275739a1b5fe059aaff9898a86cd4a0dea813", "a", "1");
const std::vector<Cell> row_b = row("0a5b240f3e911cd2b02cac18dce6b51786428c57",
                                    "15290fa2a1ba4e5a98a1c0b535d80e6dac33ecea", "b", "2");
const std::vector<Cell> row_c = row("5678b8ab3f279ad2196d1d8b5d3bf03502ea5622",
                                    "6aae0a8d36015cbf5cdf0204820095482c51be1c", "b", "3");

}  // namespace

TEST_CASE("Sqitch's ids and script hashes are computed as Sqitch does") {
    const auto history =
        history_of("sqitch", table_of("changes", columns, {row_a, row_b, row_c}), files);
    CHECK(applied(history) == Texts{"a", "b", "b#2"});
    for (const auto& entry : history.entries) CHECK(entry.agrees == true);
    CHECK(history.findings.empty());
    CHECK(history.entries[0].applied_by == "Ada Byron <ada@example.com>");
    CHECK(history.entries[2].recorded_version == "5678b8ab3f279ad2196d1d8b5d3bf03502ea5622");
}

TEST_CASE("a Sqitch plan that was edited, and a change that it has no more, are named") {
    Files edited = files;
    std::string text = plan;
    text.replace(text.find("second"), 6, "edited");
    edited["sqitch.plan"] = text;
    auto gone = row("ffffffffffffffffffffffffffffffffffffffff", "", "z", "4");
    gone[1].reset();
    const auto history =
        history_of("sqitch", table_of("changes", columns, {row_a, row_b, row_c, gone}), edited);
    CHECK(applied(history) == Texts{"a", "b", "b#2", "z"});
    CHECK(tells(history, "\"b\" was deployed from another plan than this one"));
    CHECK(tells(history, "\"z\" is deployed, and the plan has no such change"));
    CHECK(history.entries[3].migration == nullptr);
}

TEST_CASE("a Sqitch script that was edited does not agree; an upgraded registry has no hash") {
    auto edited = row_a;
    edited[1] = std::string(40, '0');
    auto upgraded = row_b;
    upgraded[1] = *upgraded[0];
    const auto history =
        history_of("sqitch", table_of("changes", columns, {edited, upgraded}), files);
    CHECK(history.entries[0].agrees == false);
    CHECK_FALSE(history.entries[1].agrees);
}

TEST_CASE("what failed and what was reverted under Sqitch is named, other projects are left out") {
    auto other = row_a;
    other[3] = "billing";
    Table events{{"public",
                  "events",
                  {"event", "change_id", "change", "project", "committed_at", "committer_name"}},
                 {{"fail", "87", "a", "shop", "1767571200000000", "Ada"},
                  {"deploy", "87", "a", "shop", "1767571200000001", "Ada"},
                  {"revert", "0a", "b", "shop", "1767657600000000", "Ada"},
                  {"fail", "0b", "bill", "billing", "1767657600000000", "Ada"}}};
    const auto history =
        try_history("sqitch", {table_of("changes", columns, {row_a, other}), events}, files)
            .value();
    CHECK(applied(history) == Texts{"a"});
    CHECK(tells(history, "deploying \"a\" failed on 2026-01-05"));
    CHECK(tells(history, "\"b\" was reverted on 2026-01-06"));
    CHECK(tells(history, "the changes of project \"billing\" are not in this plan"));
    CHECK_FALSE(tells(history, "bill\" failed"));
}

}  // namespace sqitch_test
