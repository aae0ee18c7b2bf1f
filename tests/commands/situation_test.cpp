#include "commands/situation.hpp"

#include "commands/reconcile.hpp"

#include <catch2/catch.hpp>

namespace situation_test {
namespace {

const ledger::Digest up_digest = ledger::sha256("up");
const ledger::Digest down_digest = ledger::sha256("down");

commands::Known known_of_one_applied() {
    commands::Known known;
    auto& registered = known.registered[{"1"}];
    registered.path = "1_a.up.sql";
    registered.up.digest = up_digest;
    registered.down = ledger::ContentReference{down_digest, 4, "sql"};
    known.state.migrations[{"1"}].applied.emplace().digest = up_digest;
    return known;
}

}  // namespace

TEST_CASE("a run leaves unread what is applied as it stands") {
    const auto leave = commands::all_but_pending(known_of_one_applied());
    CHECK(leave("1_a.up.sql", up_digest));
    CHECK(leave("1_a.down.sql", down_digest));
}

TEST_CASE("a run reads what has changed, what is pending, and the same text under another name") {
    const auto leave = commands::all_but_pending(known_of_one_applied());
    CHECK_FALSE(leave("1_a.up.sql", ledger::sha256("changed")));
    CHECK_FALSE(leave("2_b.up.sql", up_digest));
    CHECK_FALSE(leave("2_b.down.sql", down_digest));
}

TEST_CASE("a run reads what was rolled back, stands half done, or is another revision") {
    auto known = known_of_one_applied();
    known.state.migrations[{"1"}].resumption.emplace();
    CHECK_FALSE(commands::all_but_pending(known)("1_a.up.sql", up_digest));
    known = known_of_one_applied();
    known.state.migrations[{"1"}].applied.reset();
    CHECK_FALSE(commands::all_but_pending(known)("1_a.up.sql", up_digest));
    known = known_of_one_applied();
    known.state.migrations[{"1"}].applied->digest = ledger::sha256("older");
    CHECK_FALSE(commands::all_but_pending(known)("1_a.up.sql", up_digest));
}

TEST_CASE("with an attempt in doubt everything is read") {
    auto known = known_of_one_applied();
    known.state.open_attempt.emplace();
    CHECK_FALSE(static_cast<bool>(commands::all_but_pending(known)));
}

TEST_CASE("up to date is what is applied as it stands, and in doubt about nothing") {
    auto known = known_of_one_applied();
    known.state.applied_order = {{"1"}};
    migrations::Migration migration;
    migration.version = {"1"};
    migration.up.digest = up_digest;
    migrations::Folder folder;
    folder.migrations = {migration};
    CHECK(commands::is_up_to_date(known.state, folder));

    folder.migrations[0].up.digest = ledger::sha256("changed");
    CHECK_FALSE(commands::is_up_to_date(known.state, folder));
    folder.migrations[0].up.digest = up_digest;
    folder.migrations.emplace_back().version = {"2"};
    CHECK_FALSE(commands::is_up_to_date(known.state, folder));
    folder.migrations.clear();
    CHECK_FALSE(commands::is_up_to_date(known.state, folder));
    folder.migrations = {migration};
    known.state.open_attempt.emplace();
    CHECK_FALSE(commands::is_up_to_date(known.state, folder));
}

}  // namespace situation_test
