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
