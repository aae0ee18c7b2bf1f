#include "commands/test_suites.hpp"

#include "tests/commands/fake_shadow.hpp"

#include <catch2/catch.hpp>

namespace test_suites_test {

using namespace commands;
using namespace tests;
using ledger::TestSuite;

namespace {

// All of them pending on an empty database.
struct Chain {
    explicit Chain(std::vector<migrations::Migration> all) : migrations{std::move(all)} {
        for (const auto& each : migrations) order.chain.push_back(&each);
        order.tested = order.chain;
        order.from_empty = order.chain;
        order.history_is_of_target = true;
    }

    SuiteResults run(TestSuite suite) {
        FakeShadow shadow;
        return must(run_suite(suite, shadow, order));
    }

    std::vector<migrations::Migration> migrations;
    TestOrder order;
};

// "up: yes; down: no (it fails)"
std::string told(const SuiteResult& result) {
    std::string text;
    for (const auto& check : result.tested.checks)
        text += (text.empty() ? "" : "; ") + check.name + ": " + (check.passed ? "yes" : "no") +
                (check.passed || check.detail.empty() ? "" : " (" + check.detail + ")");
    return text;
}

const ledger::TestCheck& check_of(const SuiteResult& result, const std::string& name) {
    for (const auto& check : result.tested.checks)
        if (check.name == name) return check;
    throw std::runtime_error{"no check " + name + " in " + told(result)};
}

}  // namespace

TEST_CASE("schema: a file's errors, and where the folder stops from empty") {
    Chain chain{{migration("1", "add a"), migration("2", "fail"), migration("3", "add c")}};
    chain.order.findings.push_back(
        {migrations::Severity::error, "rule", "bad", "3_m.up.sql", 1, 1, 1});
    chain.order.findings.push_back(
        {migrations::Severity::warning, "rule", "so so", "1_m.up.sql", 1, 1, 1});
    const auto results = chain.run(TestSuite::schema);
    REQUIRE(results.size() == 3);
    CHECK(told(results[0]) == "rules: yes; up from empty: yes; up from the target's present: yes");
    CHECK(results[0].tested.passed);
    CHECK(results[0].tested.schema_before != results[0].tested.schema_after);
    CHECK(told(results[1]) ==
          "rules: yes; up from empty: no (2_m.up.sql:1: it fails (SQLSTATE 42601)); up from the "
          "target's present: no (2_m.up.sql:1: it fails (SQLSTATE 42601))");
    CHECK(check_of(results[2], "rules").detail == "3_m.up.sql:1: rule: bad");
    CHECK(check_of(results[2], "up from empty").detail.starts_with("2 before it fails: "));
    CHECK_FALSE(results[2].tested.passed);
}

TEST_CASE("schema: an accepted finding is no error") {
    Chain chain{{migration("1", "add a")}};
    migrations::Diagnostic finding{
        migrations::Severity::error, "rule", "bad", "1_m.up.sql", 1, 1, 1};
    finding.accepted_because = "it is empty";
    chain.order.findings.push_back(finding);
    CHECK(chain.run(TestSuite::schema).front().tested.passed);
}

TEST_CASE("dry run: what comes after a failure is skipped") {
    Chain chain{{migration("1", "add a"), migration("2", "add b\nadd a"), migration("3", "add c")}};
    const auto results = chain.run(TestSuite::dry_run);
    CHECK(results[0].tested.passed);
    CHECK(told(results[1]) ==
          "every statement succeeds: no (2_m.up.sql:2: a exists (SQLSTATE 42P07))");
    CHECK(results[2].skipped.value_or("").starts_with("2 before it fails: "));
    CHECK(results[2].is_blocked);
    CHECK(results[0].tested.server_version == "15.8");
}

TEST_CASE("dry run: a verify script's own transaction is left out, and its effect undone") {
    Chain chain{{migration("1", "add a"), migration("2", "add b"), migration("3", "add c")}};
    const auto verified = [](const std::string& body) {
        auto verify = script("verify/m.sql", "fail\n" + body + "\nfail");
        verify.statements.front().control = migrations::Control::begin;
        verify.statements.back().control = migrations::Control::rollback;
        return verify;
    };
    chain.migrations[0].verify = verified("add c");
    chain.migrations[1].verify = verified("add d\nadd a");
    const auto results = chain.run(TestSuite::dry_run);
    CHECK(told(results[0]) == "every statement succeeds: yes; verify script: yes");
    CHECK(told(results[1]) ==
          "every statement succeeds: yes; verify script: no (verify/m.sql:3: a exists (SQLSTATE "
          "42P07))");
    CHECK(told(results[2]) == "every statement succeeds: yes");
}

TEST_CASE("rollback: catalog and rows are as before") {
    Chain chain{{migration("1", "add a", "drop a"), migration("2", "add b", "drop b")}};
    for (const auto& result : chain.run(TestSuite::rollback)) {
        CHECK(result.tested.passed);
        CHECK(result.tested.checks.size() == 8);
    }
}

TEST_CASE("rollback: what the down leaves, and what it loses") {
    Chain chain{{migration("1", "add a", "drop a"), migration("2", "add b\nadd c", "drop b"),
                 migration("3", "add d", "drop d\nempty a"), migration("4", "add e", "drop e")}};
    const auto results = chain.run(TestSuite::rollback);
    CHECK(results[0].tested.passed);
    CHECK(check_of(results[1], "catalog after the down as before the up").detail ==
          "table c is new");
    CHECK(check_of(results[1], "up again").detail == "2_m.up.sql:2: c exists (SQLSTATE 42P07)");
    CHECK(check_of(results[2], "rows after the down as before the up").detail ==
          "3 rows of 3 in a lost");
    CHECK(results[3].tested.passed);
}

TEST_CASE("rollback: no down script is no result; an irreversible one has its author's reason") {
    Chain chain{
        {migration("1", "add a"), migration("2", "-- varve: irreversible reason=\"gone\"\nadd b")}};
    const auto results = chain.run(TestSuite::rollback);
    CHECK(results[0].skipped);
    CHECK_FALSE(results[0].is_blocked);
    CHECK_FALSE(results[1].skipped);
    CHECK(results[1].tested.passed);
    CHECK(results[1].tested.checks.front().detail == "not tried: irreversible because gone");
}

TEST_CASE("rollback: sample rows that do not suit the up are no fault of it, nor of what follows") {
    Chain chain{{migration("1", "add a", "drop a"), migration("2", "unfit\nadd b", "drop b"),
                 migration("3", "add c", "drop c")}};
    const auto results = chain.run(TestSuite::rollback);
    CHECK(results[1].tested.passed);
    CHECK(check_of(results[1], "up on sample rows").detail.find("23502") != std::string::npos);
    CHECK(results[2].tested.passed);
}

TEST_CASE("rollback: an up that fails on varied rows is tested on plainer ones, and that is told") {
    Chain chain{{migration("1", "add a", "drop a"), migration("2", "plain\nadd b", "drop b"),
                 migration("3", "plain\nfail", "drop c")}};
    const auto results = chain.run(TestSuite::rollback);
    CHECK(results[1].tested.passed);
    CHECK(check_of(results[1], "up on sample rows").detail ==
          "tested on plainer ones, since others do not suit it: 2_m.up.sql:1: blanks (SQLSTATE "
          "P0001)");
    CHECK(told(results[2]) == "sample rows: yes; up: no (3_m.up.sql:2: it fails (SQLSTATE 42601))");
}

TEST_CASE("idempotency: a transaction passes, a repeatable migration must bear its own effect") {
    auto repeatable = migration("2", "add b");
    repeatable.kind = ledger::MigrationKind::repeatable;
    Chain chain{{migration("1", "add a"), repeatable}};
    const auto results = chain.run(TestSuite::idempotency);
    CHECK(results[0].tested.passed);
    CHECK(results[0].tested.checks.front().detail.starts_with("would fail"));
    CHECK(told(results[1]) ==
          "sample rows: yes; a second time over: no (2_m.up.sql:1: b exists (SQLSTATE 42P07))");
}

TEST_CASE("idempotency: rows that a second time adds are found") {
    Chain chain{{stepwise(migration("1", "may add a\nfill a"))}};
    CHECK(check_of(chain.run(TestSuite::idempotency).front(), "a second time over").detail ==
          "a has 4 rows then, and 2 after the first time");
}

TEST_CASE("idempotency: tables have sample rows, a transaction has none, and none where unfit") {
    Chain chain{{migration("1", "add a\nadd b"), migration("2", "unfit\nmay add c"),
                 stepwise(migration("3", "unfit\nmay add d")),
                 stepwise(migration("4", "may add e"))}};
    const auto results = chain.run(TestSuite::idempotency);
    CHECK(told(results[1]) == "a second time over: yes");
    CHECK(told(results[2]) ==
          "up on sample rows: yes; a second time over: yes; killed and gone on with: yes");
    CHECK(check_of(results[3], "sample rows").detail == "4 of 4 tables have rows");
}

TEST_CASE("idempotency: killed after each statement, gone on with in a session like new") {
    Chain chain{{stepwise(migration("1", "hold x\nmay add a\nneed x")),
                 stepwise(migration("2", "may add b\nmay add c"))}};
    const auto results = chain.run(TestSuite::idempotency);
    CHECK(check_of(results[0], "killed and gone on with").detail ==
          "killed after line 1: 1_m.up.sql:3: x is not held (SQLSTATE 42P01); killed after line 2: "
          "1_m.up.sql:3: x is not held (SQLSTATE 42P01)");
    CHECK(told(results[1]) ==
          "sample rows: yes; a second time over: yes; killed and gone on with: yes");
    CHECK(check_of(results[1], "killed and gone on with").detail == "1 place");
}

TEST_CASE("idempotency: what runs outside any transaction may not be noted, and is run again") {
    Chain chain{{stepwise(migration("1", "bare add a\nmay add b"))}};
    CHECK(check_of(chain.run(TestSuite::idempotency).front(), "killed and gone on with").detail ==
          "killed after line 1, before it was noted: 1_m.up.sql:1: a exists (SQLSTATE 42P07)");
}

TEST_CASE("idempotency: what a run finds in the catalog is not run again") {
    Chain chain{{migration("1", "add a"),
                 stepwise(migration("2",
                                    "ALTER TABLE p DETACH PARTITION a CONCURRENTLY\n"
                                    "may add b"))}};
    chain.migrations[1].up.statements.front().needs_no_transaction = true;
    const auto result = chain.run(TestSuite::idempotency).back();
    CHECK(told(result) ==
          "sample rows: yes; a second time over: yes; killed and gone on with: yes");
    CHECK(check_of(result, "killed and gone on with").detail == "1 place");
}

}  // namespace test_suites_test
