#include "commands/test_bench.hpp"

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::TestSuite;
using migrations::Migration;

namespace {

std::string figures_text(const RehearsedScript& rehearsed) {
    const std::size_t count = rehearsed.statements.size();
    const std::string not_run = not_run_text(rehearsed);
    return std::to_string(count) + (count == 1 ? " statement" : " statements") +
           (rehearsed.transactional ? "" : ", in no transaction: " + rehearsed.mode_cause) +
           (not_run.empty() ? "" : "; " + not_run);
}

Result<bool> rehearse(Rehearsal& database, const Migration& migration, Testing& testing) {
    const auto before = database.catalog();
    if (!before) return fail(before.error());
    testing.before(*before);
    const auto rehearsed = database.rehearse(migration.up, Ending::kept);
    if (!rehearsed) return fail(rehearsed.error());
    testing.ran(*rehearsed);
    const auto why = failure_text(*rehearsed);
    testing.check("every statement succeeds", !why, why ? *why : figures_text(*rehearsed));
    if (why) return false;
    const auto after = database.catalog();
    if (!after) return fail(after.error());
    testing.after(*after);
    if (!migration.verify) return true;
    const auto verified = database.rehearse(*migration.verify, Ending::undone);
    if (!verified) return fail(verified.error());
    const auto fault = failure_text(*verified);
    testing.check("verify script", !fault, fault.value_or(""));
    return true;
}

}  // namespace

Result<SuiteResults> test_dry_run(Shadow& shadow, const TestOrder& order) {
    TestBench bench{shadow, order};
    SuiteResults results;
    for (std::size_t index = 0; index < order.chain.size(); ++index) {
        const Migration& migration = *order.chain[index];
        if (!is_tested(order, migration)) continue;
        tell(order, TestSuite::dry_run, migration);
        Testing testing{migration, TestSuite::dry_run, shadow};
        auto database = bench.at(index);
        if (!database) return fail(database.error());
        if (*database == nullptr) {
            testing.skip(bench.failed_before(index).value_or(""));
            results.push_back(testing.finish());
            continue;
        }
        const auto succeeded = rehearse(**database, migration, testing);
        if (!succeeded) return fail(succeeded.error());
        SuiteResult result = testing.finish();
        if (*succeeded) {
            bench.moved_to(index + 1);
        } else {
            bench.failed(index, result.tested.checks.front().detail);
            bench.spoil();
        }
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace commands
