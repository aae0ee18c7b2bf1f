// commands/test_bench.hpp: what the suites share: a database at a place of the chain, and results
// being filled in.
#pragma once

#include "commands/test_suites.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace commands {

// A database on the order's history, with the first `count` of the chain applied.
class TestBench {
public:
    TestBench(Shadow& shadow, const TestOrder& order) : shadow_{shadow}, order_{order} {}

    // Another one where what is there has gone past that place, or was spoilt.
    [[nodiscard]] ledger::Result<Rehearsal*> at(std::size_t count);
    // Says that the database has now the first `count` applied.
    void moved_to(std::size_t count) { count_ = count; }
    void spoil() { database_.reset(); }
    // Sample rows may be why a script fails: then the chain is applied again without them.
    void add_rows(const std::vector<SampledTable>& filled);
    [[nodiscard]] bool has_rows() const { return has_rows_; }
    // Tables that have such rows beside the history's.
    [[nodiscard]] const std::set<std::string>& mixed_tables() const { return mixed_tables_; }

    // Why the chain cannot be applied up to there; nothing: it can, or nobody has tried.
    [[nodiscard]] std::optional<std::string> failed_before(std::size_t count) const;
    void failed(std::size_t index, std::string why);

private:
    ledger::Result<void> open();

    Shadow& shadow_;
    const TestOrder& order_;
    std::unique_ptr<Rehearsal> database_;
    std::size_t count_{};
    bool has_rows_{};
    std::set<std::string> mixed_tables_;
    std::optional<std::pair<std::size_t, std::string>> failure_;  // index in the chain
};

// One migration's result in one suite.
class Testing {
public:
    Testing(const migrations::Migration& migration, ledger::TestSuite suite, const Shadow& shadow);

    void check(std::string name, bool passed, std::string detail = {});
    // Passed where there is no fault; then the notes are told.
    void check(std::string name, const std::vector<std::string>& faults,
               const std::vector<std::string>& notes = {});
    void skip(std::string why) { result_.skipped = std::move(why); }
    // As the one before it fails.
    void block(std::string why) {
        skip(std::move(why));
        result_.is_blocked = true;
    }
    void before(const CatalogText& catalog) { result_.tested.schema_before = catalog.digest; }
    void after(const CatalogText& catalog) { result_.tested.schema_after = catalog.digest; }
    // Its time counts.
    void ran(const RehearsedScript& rehearsed) {
        result_.tested.elapsed_us += rehearsed.elapsed_us;
    }

    [[nodiscard]] SuiteResult finish();

private:
    SuiteResult result_;
};

// What a suite does with one migration, by its place in the chain.
using TestOne = std::function<ledger::Result<void>(
    std::size_t index, const migrations::Migration& migration, Testing& testing)>;

// Does it with each that is to be tested, in the chain's order, and tells of it.
[[nodiscard]] ledger::Result<SuiteResults> test_each(const TestOrder& order, const Shadow& shadow,
                                                     ledger::TestSuite suite, const TestOne& test);

// "0002_paid.up.sql:3: column "x" does not exist (SQLSTATE 42703)"; nothing where none failed.
[[nodiscard]] std::optional<std::string> failure_text(const RehearsedScript& rehearsed);
[[nodiscard]] std::string failure_text(const RehearsedScript& rehearsed,
                                       const MeasuredStatement& statement,
                                       const StatementFailure& failure);
[[nodiscard]] const StatementFailure* failure_in(const RehearsedScript& rehearsed);
// The lines that are not run on a shadow, and why.
[[nodiscard]] std::string not_run_text(const RehearsedScript& rehearsed);

}  // namespace commands
