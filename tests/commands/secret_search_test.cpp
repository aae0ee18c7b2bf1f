#include "commands/secret_search.hpp"

#include "migrations/secrets.hpp"

#include <catch2/catch.hpp>

namespace secret_search_test {
namespace {

using commands::PlanJudgement;
using migrations::Migration;

Migration migration(const std::string& version) {
    Migration answer;
    answer.version = {version};
    return answer;
}

commands::JudgedFinding found(std::string rule) {
    commands::JudgedFinding finding;
    finding.rule = std::move(rule);
    return finding;
}

}  // namespace

TEST_CASE("what was judged and found clean is not searched again") {
    const Migration judged = migration("1");
    const Migration other = migration("2");
    PlanJudgement judgement;
    judgement.findings[judged.version] = {found("drop-table")};
    const auto left = still_to_search({&judged, &other}, judgement);
    REQUIRE(left.size() == 1);
    CHECK(left[0] == &other);
}

TEST_CASE("what was found to hold a secret, and a down script that nobody read, are searched") {
    const Migration secret = migration("1");
    Migration unread = migration("2");
    unread.down.emplace().is_unread = true;
    PlanJudgement judgement;
    judgement.findings[secret.version] = {found(std::string{migrations::secret_rule})};
    judgement.findings[unread.version] = {};
    CHECK(still_to_search({&secret, &unread}, judgement).size() == 2);
}

}  // namespace secret_search_test
