#include "commands/rollback.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace rollback_test {

using namespace ledger;
using namespace tests;
using commands::RunEnd;
using projections::State;

using Names = std::vector<std::string>;

namespace {

commands::RollbackOptions to(const std::string& version) {
    commands::RollbackOptions options;
    options.to = Version{version};
    return options;
}

std::vector<migrations::Migration> three() {
    return {migration("1", "a", "undo a"), migration("2", "b", "undo b"),
            migration("3", "c", "undo c")};
}

}  // namespace

TEST_CASE("rollback undoes the newest, or so many, or everything after a version") {
    Scene scene{three()};
    must(scene.run());
    scene.server.executed.clear();
    SECTION("the newest") {
        CHECK(must(scene.rollback()).done_count == 1);
        CHECK(scene.server.executed == Names{"undo c"});
        CHECK(scene.state().state_of({"3"}) == State::rolled_back);
        CHECK(must(scene.run()).done_count == 1);
    }
    SECTION("two") {
        commands::RollbackOptions options;
        options.steps = 2;
        CHECK(must(scene.rollback(options)).done_count == 2);
        CHECK(scene.server.executed == Names{"undo c", "undo b"});
    }
    SECTION("to a version, which stays") {
        CHECK(must(scene.rollback(to("1"))).done_count == 2);
        CHECK(scene.state().state_of({"1"}) == State::applied);
    }
    SECTION("to nothing") {
        CHECK(must(scene.rollback(to("0"))).done_count == 3);
        CHECK(scene.server.executed == Names{"undo c", "undo b", "undo a"});
        CHECK(must(scene.rollback()).end == RunEnd::nothing_to_do);
    }
    SECTION("to one that is not there, or not applied") {
        CHECK(error_of(scene.rollback(to("7"))).reason == "version-unknown");
        scene.folder->migrations.push_back(migration("4", "d", "undo d"));
        CHECK(error_of(scene.rollback(to("004"))).reason == "version-not-applied");
    }
    SECTION("to the newest: nothing") {
        CHECK(must(scene.rollback(to("3"))).end == RunEnd::nothing_to_do);
    }
    SECTION("more steps than there are: all of them") {
        commands::RollbackOptions options;
        options.steps = 9;
        CHECK(must(scene.rollback(options)).done_count == 3);
    }
}

TEST_CASE("a missing down script is said before anything is touched") {
    Scene scene{{migration("1", "a"), migration("2", "b", "undo b")}};
    must(scene.run());
    const auto size = scene.size();
    const auto error = error_of(scene.rollback(to("0")));
    CHECK(error.reason == "down-missing");
    CHECK(error.detail.find("\"1\"") != std::string::npos);
    CHECK(scene.server.executed == Names{"a", "b"});
    CHECK(scene.size() == size);
}

TEST_CASE("what an environment asks for before a change it asks for before a rollback") {
    Scene scene{three()};
    must(scene.run());
    scene.server.executed.clear();
    commands::RollbackOptions options;
    SECTION("approvals") {
        options.safeguards.approvals = 2;
        CHECK(error_of(scene.rollback(options)).reason == "approval-missing");
    }
    SECTION("a backup") {
        options.safeguards.backup = true;
        CHECK(error_of(scene.rollback(options)).reason == "backup-missing");
    }
    CHECK(scene.server.executed.empty());
    CHECK(scene.types().back() == "run-refused");
    options.to = Version{"3"};  // nothing to undo
    CHECK(must(scene.rollback(options)).end == RunEnd::nothing_to_do);
}

TEST_CASE("a failing down script stops the rollback and leaves the migration applied") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "b", "fail")}};
    must(scene.run());
    CHECK(must(scene.rollback(to("0"))).end == RunEnd::failed);
    CHECK(scene.state().state_of({"2"}) == State::applied);
    CHECK(scene.types().back() == "rollback-finished");
}

TEST_CASE("a down script whose file is gone comes from the ledger") {
    Scene scene{{migration("1", "a", "undo a"), migration("3", "c", "DROP TABLE c")}};
    must(scene.run());
    scene.folder->migrations.pop_back();
    const auto report = must(scene.rollback());
    CHECK(report.done_count == 1);
    REQUIRE(report.notes.size() == 1);
    CHECK(
        report.notes[0].starts_with("\"3\" is undone by the down script that the ledger keeps: "));
    CHECK(scene.state().state_of({"3"}) == State::rolled_back);
}

TEST_CASE("only the down scripts that are needed must be free of errors") {
    Scene scene{three()};
    must(scene.run());
    migrations::Diagnostic broken;
    broken.file = "1_m.down.sql";
    broken.message = "syntax error";
    broken.concerns_down = true;
    scene.folder->diagnostics.push_back(broken);
    CHECK(must(scene.rollback()).done_count == 1);
    CHECK(error_of(scene.rollback(to("0"))).reason == "validation-failed");
}

TEST_CASE("a migration of which nothing was applied does not stand in a rollback's way") {
    Scene scene{{migration("1", "a", "undo a"), stepwise(migration("2", "fail", "undo b"))}};
    must(scene.run());
    CHECK(must(scene.rollback()).done_count == 1);
    CHECK(scene.server.executed == Names{"a", "undo a"});
}

TEST_CASE("a migration that is applied in part has to be finished before a rollback") {
    Scene scene{{migration("1", "a", "undo a"), stepwise(migration("2", "b\nfail", "undo b"))}};
    must(scene.run());
    CHECK(error_of(scene.rollback(to("0"))).reason == "run-unfinished");
}

TEST_CASE("a half-done rollback goes on with the rest of its script corrected") {
    auto first = migration("1", "a", "undo a\nfail\nundo c");
    first.down->mode = migrations::TransactionMode::none;
    Scene scene{{first}};
    must(scene.run());
    CHECK(must(scene.rollback()).end == RunEnd::failed);
    CHECK(error_of(scene.run()).reason == "rollback-unfinished");

    auto corrected = migration("1", "a", "undo a\nundo b\nundo c");
    corrected.down->mode = migrations::TransactionMode::none;
    scene.folder->migrations[0] = corrected;
    CHECK(must(scene.rollback()).end == RunEnd::succeeded);
    CHECK(scene.server.executed == Names{"a", "undo a", "undo b", "undo c"});
}

namespace {

commands::RollbackOptions only(std::vector<Version> versions) {
    commands::RollbackOptions options;
    options.only = std::move(versions);
    return options;
}

// Scripts that read as SQL do; a statement a line.
std::vector<migrations::Migration> shop() {
    return {migration("1", "CREATE TABLE orders (id int);", "DROP TABLE orders;"),
            migration("2", "CREATE TABLE letters (id int);", "DROP TABLE letters;"),
            migration("3", "CREATE VIEW open AS SELECT id FROM orders;", "DROP VIEW open;")};
}

}  // namespace

TEST_CASE("one migration out of the middle is undone where nothing later needs it") {
    Scene scene{shop()};
    must(scene.run());
    scene.server.executed.clear();
    const auto report = must(scene.rollback(only({{"02"}})));
    CHECK(report.done_count == 1);
    CHECK(scene.server.executed == Names{"DROP TABLE letters;"});
    CHECK(scene.state().state_of({"2"}) == State::rolled_back);
    CHECK(scene.state().state_of({"3"}) == State::applied);

    // It is pending again, and older than the newest applied: a person decides.
    const auto refused = error_of(scene.run());
    CHECK(refused.reason == "out-of-order");
    CHECK(refused.detail.find("was rolled back") != std::string::npos);
    commands::RunOptions options;
    options.out_of_order = true;
    CHECK(must(scene.run(options)).done_count == 1);
    CHECK(scene.state().state_of({"2"}) == State::applied);
}

TEST_CASE("one that a later migration names is not undone alone") {
    Scene scene{shop()};
    must(scene.run());
    const auto size = scene.size();
    const auto error = error_of(scene.rollback(only({{"1"}})));
    CHECK(error.reason == "later-depends");
    CHECK(error.detail ==
          "3_m.up.sql:1 of \"3\" names table \"orders\", which \"1\" touches (1_m.up.sql:1)");
    CHECK(scene.size() == size);
    SECTION("both together are, newest first") {
        scene.server.executed.clear();
        CHECK(must(scene.rollback(only({{"1"}, {"3"}}))).done_count == 2);
        CHECK(scene.server.executed == Names{"DROP VIEW open;", "DROP TABLE orders;"});
    }
    SECTION("what the ledger keeps is read where the file is gone") {
        scene.folder->migrations.pop_back();
        CHECK(error_of(scene.rollback(only({{"1"}}))).reason == "later-depends");
    }
    SECTION("as it was applied, not as the file is now") {
        scene.folder->migrations[2] = migration("3", "SELECT 1;");
        CHECK(error_of(scene.rollback(only({{"1"}}))).reason == "later-depends");
    }
    SECTION("a person may go on all the same, and the ledger tells") {
        auto options = only({{"1"}});
        options.despite_dependents = true;
        CHECK(must(scene.rollback(options)).done_count == 1);
        bool told = false;
        for (const auto& record : must(ledger::read_records(scene.store, size, 100)))
            if (const auto* started = std::get_if<RollbackStarted>(&record.data))
                for (const auto& gate : started->gates)
                    told = told || (gate.gate == "dependents" &&
                                    gate.detail == "overridden: " + error.detail);
        CHECK(told);
    }
}

TEST_CASE("a plan's own requirements count where the layout means them") {
    auto all = shop();
    all[2] = migration("3", "SELECT 1;", "SELECT 2;");
    all[2].parents = {{"2"}};
    Scene scene{all};
    must(scene.run());
    SECTION("sqitch") {
        scene.folder->layout = "sqitch";
        const auto error = error_of(scene.rollback(only({{"2"}})));
        CHECK(error.reason == "later-depends");
        CHECK(error.detail == "\"3\" requires \"2\", the plan says");
    }
    SECTION("elsewhere they are an order") {
        CHECK(must(scene.rollback(only({{"2"}}))).done_count == 1);
    }
}

TEST_CASE("CASCADE in a down script is refused while something later stays") {
    auto all = shop();
    all[1] = migration("2", "CREATE TABLE letters (id int);", "DROP TABLE letters CASCADE;");
    Scene scene{all};
    must(scene.run());
    const auto error = error_of(scene.rollback(only({{"2"}})));
    CHECK(error.reason == "down-cascades");
    CHECK(error.detail.starts_with("2_m.down.sql:1 "));
    CHECK(must(scene.rollback(to("1"))).done_count == 2);
}

TEST_CASE("a late migration that stays is asked for too when older ones are undone") {
    Scene scene{{migration("1", "CREATE TABLE a (id int);", "DROP TABLE a;"),
                 migration("3", "CREATE TABLE orders (id int);", "DROP TABLE orders;")}};
    must(scene.run());
    scene.folder->migrations.insert(
        scene.folder->migrations.begin() + 1,
        migration("2", "CREATE VIEW open AS SELECT id FROM orders;", "DROP VIEW open;"));
    commands::RunOptions options;
    options.out_of_order = true;
    must(scene.run(options));
    CHECK(error_of(scene.rollback(to("2"))).reason == "later-depends");
    CHECK(must(scene.rollback(to("1"))).done_count == 2);
}

TEST_CASE("what says that it is irreversible is not undone") {
    const std::string why = "-- varve: irreversible reason=\"the rows are gone\"\n";
    auto all = three();
    SECTION("in its down script") { all[1].down = script("2_m.down.sql", why + "SELECT 1;"); }
    SECTION("in its up script, without a down script") { all[1] = migration("2", why + "b"); }
    Scene scene{all};
    must(scene.run());
    const auto error = error_of(scene.rollback(to("1")));
    CHECK(error.reason == "down-irreversible");
    CHECK(error.detail.find("\"2\" (the rows are gone)") != std::string::npos);
    scene.folder->migrations.erase(scene.folder->migrations.begin() + 1);
    CHECK(error_of(scene.rollback(to("1"))).reason == "down-irreversible");
    CHECK(must(scene.rollback()).done_count == 1);
}

TEST_CASE("an empty down script works, and it is said") {
    Scene scene{{migration("1", "a")}};
    scene.folder->migrations[0].down = script("1_m.down.sql", "");
    must(scene.run());
    const auto report = must(scene.rollback());
    CHECK(report.done_count == 1);
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes[0].find("holds no statement") != std::string::npos);
    CHECK(scene.state().state_of({"1"}) == State::rolled_back);
}

TEST_CASE("a role that may not write markers undoes nothing, and nothing is recorded") {
    Scene scene{{migration("1", "a", "not a")}};
    must(scene.run());
    const auto size = scene.size();
    scene.server.may_write_markers = false;
    CHECK(error_of(scene.rollback()).reason == "permission-denied");
    CHECK(scene.size() == size);
    CHECK(scene.server.executed == Names{"a"});
}

TEST_CASE("repeatables and baselines are left alone, and it is said") {
    auto all = three();
    all[0].kind = MigrationKind::baseline;
    auto views = migration("R__views", "views");
    views.kind = MigrationKind::repeatable;
    all.push_back(views);
    Scene scene{all};
    must(scene.run());
    const auto report = must(scene.rollback(to("0")));
    CHECK(report.done_count == 2);
    CHECK(report.notes == Names{"left as they are, since they have no way back: 1 (baseline), "
                                "R__views (repeatable)"});
    CHECK(must(scene.rollback()).end == RunEnd::nothing_to_do);
    CHECK(error_of(scene.rollback(only({{"R__views"}}))).reason == "down-missing");
    CHECK(error_of(scene.rollback(to("R__views"))).reason == "usage");
}

TEST_CASE("0 is everything, and refused only where a migration is spelled so") {
    Scene scene{{migration("000", "a", "undo a"), migration("001", "b", "undo b")}};
    must(scene.run());
    SECTION("one that is spelled otherwise may be kept by its spelling") {
        CHECK(must(scene.rollback(to("000"))).done_count == 1);
        CHECK(must(scene.rollback(to("0"))).done_count == 1);
    }
    SECTION("everything") { CHECK(must(scene.rollback(to("0"))).done_count == 2); }
    SECTION("spelled so") {
        Scene other{{migration("0", "a", "undo a"), migration("1", "b", "undo b")}};
        must(other.run());
        CHECK(error_of(other.rollback(to("0"))).reason == "version-ambiguous");
    }
}

TEST_CASE("a rollback that stopped in the middle of a script has to be finished first") {
    auto all = three();
    all[1] = migration("2", "b", "undo b\nfail");
    all[1].down->mode = migrations::TransactionMode::none;
    Scene scene{all};
    must(scene.run());
    CHECK(must(scene.rollback(only({{"2"}}))).end == RunEnd::failed);
    const auto error = error_of(scene.rollback());
    CHECK(error.reason == "rollback-unfinished");
    CHECK(error.help.starts_with("finish it first: varve rollback --only 2; or undo by hand"));
    CHECK(error_of(scene.run()).reason == "rollback-unfinished");
    scene.folder->migrations[1].down = script("2_m.down.sql", "undo b\nrest");
    scene.folder->migrations[1].down->mode = migrations::TransactionMode::none;
    CHECK(must(scene.rollback(only({{"2"}}))).done_count == 1);
    CHECK(scene.server.executed.back() == "rest");
}

TEST_CASE("a down script whose file is gone is kept, however often it is needed") {
    Scene scene{{migration("1", "a", "DROP TABLE a")}};
    must(scene.run());
    scene.folder->migrations[0].down.reset();
    must(scene.rollback());
    must(scene.run());
    must(scene.rollback());
    const auto& executed = scene.server.executed;
    CHECK(std::count(executed.begin(), executed.end(), "DROP TABLE a") == 2);
}

TEST_CASE("a down script that is no SQL without its placeholders is not had from the ledger") {
    Scene scene{{migration("1", "a", "DROP TABLE :name")}};
    must(scene.run());
    scene.folder->migrations[0].down.reset();
    const auto error = error_of(scene.rollback());
    CHECK(error.reason == "down-missing");
    CHECK(error.detail.find("without values for its placeholders") != std::string::npos);
    CHECK(scene.server.executed == Names{"a"});
}

}  // namespace rollback_test
