#include "commands/test_bench.hpp"

#include "ledger/clean.hpp"
#include "ledger/spelling.hpp"

#include <algorithm>
#include <cctype>

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::TestSuite;
using migrations::Migration;

namespace {

constexpr std::size_t fault_bytes_max = 2'000;

std::string version_text(std::uint32_t number) {
    constexpr std::uint32_t per_major = 10'000;
    return std::to_string(number / per_major) + "." + std::to_string(number % per_major);
}

std::string said(const StatementFailure& failure) {
    return failure.message + " (SQLSTATE " + failure.sqlstate + ")";
}

std::string at_line(const RehearsedScript& rehearsed, std::uint32_t line) {
    return rehearsed.path + ":" + std::to_string(line) + ": ";
}

bool is_tested(const TestOrder& order, const Migration& migration) {
    return std::find(order.tested.begin(), order.tested.end(), &migration) != order.tested.end();
}

void tell(const TestOrder& order, TestSuite suite, const Migration& migration) {
    if (order.tell)
        order.tell(std::string{ledger::spell(suite)} + "  " + migration.version.text + " " +
                   migration.name);
}

}  // namespace

Result<void> TestBench::open() {
    database_.reset();
    RehearsalOrder rehearsal{order_.history, order_.defaults, true, true};
    rehearsal.encoding = order_.encoding;
    if (order_.history_is_of_target) rehearsal.way_out = way_by_target;
    auto opened = shadow_.open(rehearsal);
    if (!opened) return fail(opened.error());
    database_ = std::move(*opened);
    count_ = 0;
    has_rows_ = false;
    mixed_tables_.clear();
    return {};
}

void TestBench::add_rows(const std::vector<SampledTable>& filled) {
    has_rows_ = true;
    for (const SampledTable& table : filled)
        if (table.has_own_rows && table.row_count > 0) mixed_tables_.insert(table.table);
}

Result<Rehearsal*> TestBench::at(std::size_t count) {
    if (!database_ || count_ > count)
        if (auto opened = open(); !opened) return fail(opened.error());
    while (count_ < count) {
        const auto rehearsed = database_->rehearse(order_.chain[count_]->up, Ending::kept);
        if (!rehearsed) return fail(rehearsed.error());
        const auto why = failure_text(*rehearsed);
        if (!why) {
            ++count_;
        } else if (has_rows_) {
            if (auto opened = open(); !opened) return fail(opened.error());
        } else {
            failed(count_, *why);
            database_.reset();
            return static_cast<Rehearsal*>(nullptr);
        }
    }
    return database_.get();
}

std::optional<std::string> TestBench::failed_before(std::size_t count) const {
    if (!failure_ || failure_->first >= count) return std::nullopt;
    return order_.chain[failure_->first]->version.text + " before it fails: " + failure_->second;
}

void TestBench::failed(std::size_t index, std::string why) {
    if (!failure_ || index < failure_->first) failure_ = {index, std::move(why)};
}

Testing::Testing(const Migration& migration, TestSuite suite, const Shadow& shadow) {
    ledger::MigrationTested& tested = result_.tested;
    tested.version = migration.version;
    tested.up = migration.up.digest;
    if (migration.down) tested.down = migration.down->digest;
    tested.suite = suite;
    tested.server_version = version_text(shadow.server_version());
}

void Testing::check(std::string name, bool passed, std::string detail) {
    result_.tested.checks.push_back(
        {std::move(name), passed, ledger::clean(detail, fault_bytes_max)});
}

void Testing::check(std::string name, const std::vector<std::string>& faults,
                    const std::vector<std::string>& notes) {
    std::string detail;
    for (const std::string& each : faults.empty() ? notes : faults)
        detail += (detail.empty() ? "" : "; ") + each;
    check(std::move(name), faults.empty(), detail);
}

SuiteResult Testing::finish() {
    const auto& checks = result_.tested.checks;
    result_.tested.passed =
        std::all_of(checks.begin(), checks.end(), [](const auto& check) { return check.passed; });
    return std::move(result_);
}

Result<SuiteResults> test_each(const TestOrder& order, const Shadow& shadow, TestSuite suite,
                               const TestOne& test) {
    SuiteResults results;
    for (std::size_t index = 0; index < order.chain.size(); ++index) {
        const Migration& migration = *order.chain[index];
        if (!is_tested(order, migration)) continue;
        tell(order, suite, migration);
        Testing testing{migration, suite, shadow};
        if (auto done = test(index, migration, testing); !done) return fail(done.error());
        results.push_back(testing.finish());
    }
    return results;
}

const StatementFailure* failure_in(const RehearsedScript& rehearsed) {
    for (const MeasuredStatement& statement : rehearsed.statements)
        if (statement.failure) return &*statement.failure;
    return rehearsed.commit_failure ? &*rehearsed.commit_failure : nullptr;
}

std::string failure_text(const RehearsedScript& rehearsed, const MeasuredStatement& statement,
                         const StatementFailure& failure) {
    return at_line(rehearsed, statement.line) + said(failure);
}

std::optional<std::string> failure_text(const RehearsedScript& rehearsed) {
    if (!rehearsed.failed) return std::nullopt;
    for (const MeasuredStatement& statement : rehearsed.statements)
        if (statement.failure) return failure_text(rehearsed, statement, *statement.failure);
    if (rehearsed.commit_failure)
        return rehearsed.path + ": at its end: " + said(*rehearsed.commit_failure);
    for (const MeasuredStatement& statement : rehearsed.statements)
        if (statement.not_run)
            return (statement.not_run->starts_with(rehearsed.path + ":")
                        ? ""
                        : at_line(rehearsed, statement.line)) +
                   *statement.not_run;
    return rehearsed.path + " fails";
}

std::string not_run_text(const RehearsedScript& rehearsed) {
    std::string text;
    for (const MeasuredStatement& statement : rehearsed.statements)
        if (statement.not_run)
            text += (text.empty() ? "not run: line " : "; line ") + std::to_string(statement.line) +
                    ": " + *statement.not_run;
    return text;
}

Result<SuiteResults> run_suite(TestSuite suite, Shadow& shadow, const TestOrder& order) {
    switch (suite) {
        case TestSuite::schema:
            return test_schema(shadow, order);
        case TestSuite::dry_run:
            return test_dry_run(shadow, order);
        case TestSuite::rollback:
            return test_rollback(shadow, order);
        case TestSuite::idempotency:
            return test_idempotency(shadow, order);
        case TestSuite::integrity:
            break;  // of a target, not of a migration
    }
    return SuiteResults{};
}

}  // namespace commands
