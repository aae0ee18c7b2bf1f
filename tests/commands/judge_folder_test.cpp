#include "commands/judge_folder.hpp"

#include "migrations/folder.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace judge_folder_test {
namespace {

migrations::Folder folder_of(std::map<std::string, std::string> files) {
    migrations::SourceTree tree;
    tree.root = "migrations";
    for (auto& [path, bytes] : files) tree.files[path].bytes = std::move(bytes);
    return tests::must(migrations::read_folder(tree, {}));
}

std::vector<commands::JudgedMigration> judged(const migrations::Folder& folder) {
    commands::JudgeRequest request;
    request.server_version = 150000;
    return commands::judge_folder(folder, request);
}

std::ptrdiff_t count_of(const commands::JudgedMigration& judged, std::string_view rule) {
    return std::count_if(judged.findings.begin(), judged.findings.end(),
                         [&](const migrations::Diagnostic& each) { return each.rule == rule; });
}

constexpr const char* goose_begin = "-- +goose StatementBegin\n";
constexpr const char* goose_end = "\n-- +goose StatementEnd\n";

std::string goose_up(const std::vector<std::string>& statements) {
    std::string text = "-- +goose Up\n";
    for (const std::string& each : statements) text += goose_begin + each + goose_end;
    return text;
}

}  // namespace

TEST_CASE("statements that a layout's mark alone parts are judged each") {
    const auto folder =
        folder_of({{"meta/_journal.json", R"({"version":"7","dialect":"postgresql","entries":[
            {"idx":0,"version":"7","when":1700000000000,"tag":"0000_a","breakpoints":true}]})"},
                   {"0000_a.sql",
                    "CREATE INDEX i ON t (a)\n--> statement-breakpoint\n"
                    "CREATE INDEX j ON t (b)\n"}});
    const auto all = judged(folder);
    REQUIRE(all.size() == 1);
    CHECK(count_of(all[0], "index-create-blocking") == 2);
}

TEST_CASE("an allowance is of the statement behind it, whatever parts them") {
    const auto folder = folder_of(
        {{"1_a.sql", goose_up({"DROP TABLE t",
                               "-- varve: allow drop-table reason=\"unused\"\nDROP TABLE u"})}});
    const auto all = judged(folder);
    REQUIRE(all.size() == 1);
    std::vector<bool> accepted;
    for (const auto& each : all[0].findings)
        if (each.rule == "drop-table") accepted.push_back(each.accepted_because.has_value());
    CHECK(accepted == std::vector<bool>{false, true});
}

TEST_CASE("what is applied is history, read or not, whatever parts its statements") {
    const auto files = std::map<std::string, std::string>{
        {"1_a.sql", goose_up({"CREATE TABLE t (x text)", "CREATE VIEW v AS SELECT x FROM t"})},
        {"2_b.sql", goose_up({"ALTER TABLE t DROP COLUMN x"})}};
    migrations::SourceTree tree;
    tree.root = "migrations";
    for (const auto& [path, bytes] : files) tree.files[path].bytes = bytes;
    const auto leave_first = [](const std::string& path, const ledger::Digest&) {
        return path == "1_a.sql";
    };
    for (const auto& leave : {migrations::LeaveUnread{}, migrations::LeaveUnread{leave_first}}) {
        const auto folder = tests::must(migrations::read_folder(tree, {}, leave));
        commands::JudgeRequest request;
        request.is_applied = [](const migrations::Migration& each) {
            return each.version.text == "1";
        };
        const auto all = commands::judge_folder(folder, request);
        REQUIRE(all.size() == 1);
        CHECK(count_of(all[0], "view-dependents-break") == 1);
    }
}

TEST_CASE(
    "a secret of a down script is told as it is of an up script, and hidden in what is said") {
    const std::string url = "postgresql://app:hunter2xyz@db/app";
    const auto folder =
        folder_of({{"1_a.up.sql", "CREATE TABLE t (a int);"},
                   {"1_a.down.sql", "SELECT dblink_connect('" + url + "'); DROP TABLE t;"}});
    const auto all = judged(folder);
    REQUIRE(all.size() == 1);
    CHECK(count_of(all[0], "secret-in-script") == 1);
    for (const migrations::Diagnostic& each : all[0].findings) {
        CHECK(each.source_line.find("hunter2xyz") == std::string::npos);
        if (each.rule == "secret-in-script") CHECK(each.severity == migrations::Severity::error);
    }
}

}  // namespace judge_folder_test
