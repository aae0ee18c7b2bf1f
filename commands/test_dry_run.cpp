#include "commands/test_bench.hpp"

#include <algorithm>

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::TestSuite;
using migrations::Migration;

namespace {

std::string figures_text(const RehearsedScript& rehearsed) {
    const auto count =
        std::ranges::count(rehearsed.statements, false, &MeasuredStatement::is_deferred);
    const std::string not_run = not_run_text(rehearsed);
    return std::to_string(count) + (count == 1 ? " statement" : " statements") +
           (rehearsed.transactional ? "" : ", in no transaction: " + rehearsed.mode_cause) +
           (not_run.empty() ? "" : "; " + not_run);
}

// As an attempt runs it: within its transaction, whatever transaction the script has of its own.
migrations::Script within_attempt(migrations::Script verify) {
    std::erase_if(verify.statements, [](const migrations::Statement& statement) {
        return statement.control != migrations::Control::none &&
               statement.control != migrations::Control::savepoint;
    });
    verify.mode = migrations::TransactionMode::one;
    return verify;
}

// What it defers to the end of its transaction is rolled back before that.
std::optional<std::string> verify_fault(const RehearsedScript& rehearsed) {
    for (const MeasuredStatement& statement : rehearsed.statements)
        if (const auto& failure = statement.failure ? statement.failure : statement.in_transaction)
            return failure_text(rehearsed, statement, *failure);
    return rehearsed.failed && !rehearsed.commit_failure ? failure_text(rehearsed) : std::nullopt;
}

Result<void> verify(Rehearsal& database, const Migration& migration, TestBench& bench,
                    Testing& testing) {
    if (!migration.verify) return {};
    const auto verified = database.rehearse(within_attempt(*migration.verify), Ending::undone);
    if (!verified) return fail(verified.error());
    const auto fault = verify_fault(*verified);
    testing.check("verify script", !fault, fault.value_or(""));
    if (!verified->transactional) bench.spoil();
    return {};
}

// Why it cannot be applied, or nothing.
Result<std::optional<std::string>> rehearse(Rehearsal& database, const Migration& migration,
                                            Testing& testing) {
    const auto before = database.catalog();
    if (!before) return fail(before.error());
    testing.before(*before);
    const auto rehearsed = database.rehearse(migration.up, Ending::kept);
    if (!rehearsed) return fail(rehearsed.error());
    testing.ran(*rehearsed);
    const auto why = failure_text(*rehearsed);
    testing.check("every statement succeeds", !why, why ? *why : figures_text(*rehearsed));
    if (why) return why;
    const auto after = database.catalog();
    if (!after) return fail(after.error());
    testing.after(*after);
    return std::nullopt;
}

Result<void> test_rehearsal(TestBench& bench, std::size_t index, const Migration& migration,
                            Testing& testing) {
    auto database = bench.at(index);
    if (!database) return fail(database.error());
    if (*database == nullptr) {
        testing.block(bench.failed_before(index).value_or(""));
        return {};
    }
    const auto fault = rehearse(**database, migration, testing);
    if (!fault) return fail(fault.error());
    if (*fault) {
        bench.failed(index, **fault);
        bench.spoil();
        return {};
    }
    bench.moved_to(index + 1);
    return verify(**database, migration, bench, testing);
}

}  // namespace

Result<SuiteResults> test_dry_run(Shadow& shadow, const TestOrder& order) {
    TestBench bench{shadow, order};
    return test_each(order, shadow, TestSuite::dry_run,
                     [&](std::size_t index, const Migration& migration, Testing& testing) {
                         return test_rehearsal(bench, index, migration, testing);
                     });
}

}  // namespace commands
