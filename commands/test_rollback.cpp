#include "commands/catalog_difference.hpp"
#include "commands/fitting_rows.hpp"
#include "commands/test_bench.hpp"
#include "commands/trigger_writes.hpp"
#include "migrations/directives.hpp"

#include <set>
#include <string>
#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::TestSuite;
using migrations::Migration;
using migrations::Script;

namespace {

constexpr std::size_t leftovers_told_max = 5;

struct DatabaseScene {
    CatalogText catalog;
    AllRows rows;
    SequencePositions sequences;
};

Result<DatabaseScene> look(Rehearsal& database) {
    auto catalog = database.catalog();
    if (!catalog) return fail(catalog.error());
    auto rows = database.rows();
    if (!rows) return fail(rows.error());
    auto sequences = database.sequences();
    if (!sequences) return fail(sequences.error());
    return DatabaseScene{std::move(*catalog), std::move(*rows), std::move(*sequences)};
}

std::vector<std::string> other_counts(const AllRows& first, const AllRows& second) {
    std::vector<std::string> faults;
    for (const auto& [name, rows] : first) {
        const auto found = second.find(name);
        if (found != second.end() && found->second.row_count != rows.row_count)
            faults.push_back(name + " has " + std::to_string(found->second.row_count) + " rows, " +
                             std::to_string(rows.row_count) + " after the first up");
    }
    return faults;
}

// Those of `tables` that the down script has left otherwise than it found them.
std::set<std::string> others_than(const AllRows& applied, const AllRows& undone,
                                  const std::set<std::string>& tables) {
    std::set<std::string> others;
    for (const std::string& name : tables) {
        const auto was = applied.find(name);
        const auto is = undone.find(name);
        const bool is_alike =
            was != applied.end() && is != undone.end() && was->second == is->second;
        if (!is_alike) others.insert(name);
    }
    return others;
}

// Up, down, up of one migration, from the database that the bench has at its place.
class RoundTrip {
public:
    RoundTrip(TestBench& bench, std::size_t index, const Migration& migration, Testing& testing)
        : bench_{bench}, index_{index}, migration_{migration}, testing_{testing} {}

    Result<void> run() {
        for (const TriedRows style : tried_rows) {
            auto went = go(style);
            if (!went) return fail(went.error());
            if (*went) return {};
        }
        return {};
    }

private:
    // False where it may be the sample rows that do not suit: then with plainer ones, or none.
    Result<bool> go(TriedRows style) {
        auto at = bench_.at(index_);
        if (!at) return fail(at.error());
        if (*at == nullptr) {
            testing_.block(bench_.failed_before(index_).value_or(""));
            return true;
        }
        database_ = *at;
        std::vector<SampledTable> filled;
        if (style) {
            auto tables = database_->add_sample_rows(*style);
            if (!tables) return fail(tables.error());
            filled = std::move(*tables);
            bench_.add_rows(filled);
        }
        auto before = look(*database_);
        if (!before) return fail(before.error());
        auto up = run(migration_.up);
        if (!up) return fail(up.error());
        if (up->failed && bench_.has_rows() && asks_other_rows(style, *up)) return false;
        if (!up->failed) tell_style(style);
        testing_.before(before->catalog);
        if (style)
            testing_.check("sample rows", true, fill_text(filled, before->rows) + own_alone_);
        return rest(*before, *up);
    }

    bool asks_other_rows(TriedRows style, const RehearsedScript& up) {
        if (!may_suit_others(style, up)) return false;
        unsuited_ = *failure_text(up);
        bench_.spoil();
        return true;
    }

    void tell_style(TriedRows style) {
        if (!unsuited_.empty())
            testing_.check("up on sample rows", true, tried_text(style, unsuited_));
    }

    Result<bool> rest(const DatabaseScene& before, const RehearsedScript& up) {
        if (!passes("up", up)) {
            bench_.failed(index_, failure_text(up).value_or(""));
            return true;
        }
        const auto applied = look(*database_);
        if (!applied) return fail(applied.error());
        testing_.after(applied->catalog);
        auto down = run(*migration_.down);
        if (!down) return fail(down.error());
        if (!passes("down", *down)) return true;
        auto undone = look(*database_);
        if (!undone) return fail(undone.error());
        const auto undid = compare(before, *applied, *undone);
        if (!undid) return false;
        return repeat(*applied, *undid);
    }

    // Nothing: it is to be tested again, on other rows.
    std::optional<bool> compare(const DatabaseScene& before, const DatabaseScene& applied,
                                DatabaseScene& undone) {
        const auto written_back = others_than(applied.rows, undone.rows, bench_.mixed_tables());
        AllRows rows = before.rows;
        const auto written = take_out_written(
            {before.catalog, undone.catalog, {migration_.up.text, migration_.down->text}}, rows,
            undone.rows);
        const auto left = catalog_difference(before.catalog, undone.catalog, leftovers_told_max);
        auto lost = lost_rows(rows, undone.rows);
        if (brings_own_back(rows, undone.rows, written_back, lost.size())) return std::nullopt;
        for (std::string& fault : sequences_set_back(before.sequences, undone.sequences))
            lost.push_back(std::move(fault));
        testing_.check("catalog after the down as before the up", left);
        testing_.check("rows after the down as before the up", lost, written);
        return left.empty() && lost.empty();
    }

    Result<bool> repeat(const DatabaseScene& applied, bool undid) {
        auto again = run(migration_.up);
        if (!again) return fail(again.error());
        if (!passes("up again", *again)) return true;
        const auto second = look(*database_);
        if (!second) return fail(second.error());
        testing_.check("catalog after the second up as after the first",
                       catalog_difference(applied.catalog, second->catalog, leftovers_told_max));
        // Values may differ: now(), and the next number of a sequence.
        testing_.check("rows after the second up as many as after the first",
                       other_counts(applied.rows, second->rows));
        if (undid)
            bench_.moved_to(index_ + 1);
        else
            bench_.spoil();
        return true;
    }

    // A script can bring back what the history put into a table, and nothing else: then the table
    // is one that scripts alone fill, and is tested so.
    bool brings_own_back(const AllRows& before, const AllRows& undone,
                         const std::set<std::string>& written_back, std::size_t lost_count) {
        const auto fewer = fewer_rows(before, undone, written_back);
        if (fewer.empty() || fewer.size() != lost_count) return false;
        for (const std::string& fault : fewer)
            own_alone_ += "; tested with the history's rows alone, for of others: " + fault;
        testing_ = untouched_;
        bench_.spoil();
        return true;
    }

    Result<RehearsedScript> run(const Script& script) {
        auto rehearsed = database_->rehearse(script, Ending::kept);
        if (rehearsed) testing_.ran(*rehearsed);
        return rehearsed;
    }

    bool passes(const char* name, const RehearsedScript& rehearsed) {
        const auto why = failure_text(rehearsed);
        testing_.check(name, !why, why ? *why : not_run_text(rehearsed));
        if (why) bench_.spoil();
        return !why;
    }

    TestBench& bench_;
    std::size_t index_;
    const Migration& migration_;
    Testing& testing_;
    Rehearsal* database_{};
    Testing untouched_{testing_};
    std::string unsuited_;   // why the up script failed on other rows
    std::string own_alone_;  // what became of rows beside the history's
};

std::optional<std::string> irreversible_because(const Migration& migration) {
    for (const Script* script :
         {&migration.up, migration.down ? &*migration.down : &migration.up}) {
        auto said = migrations::read_directives(script->bytes, script->path, 1).irreversible;
        if (said) return said;
    }
    return std::nullopt;
}

Result<void> test_round_trip(TestBench& bench, std::size_t index, const Migration& migration,
                             Testing& testing) {
    if (const auto why = irreversible_because(migration)) {
        // Its author has decided: that is a result, which an environment may ask for.
        testing.check("reversible", true, "not tried: irreversible because " + *why);
        return {};
    }
    if (migration.down) return RoundTrip{bench, index, migration, testing}.run();
    testing.skip(
        "it has no down script; where there can be none: -- varve: irreversible "
        "reason=\"...\"");
    return {};
}

}  // namespace

Result<SuiteResults> test_rollback(Shadow& shadow, const TestOrder& order) {
    TestBench bench{shadow, order};
    return test_each(order, shadow, TestSuite::rollback,
                     [&](std::size_t index, const Migration& migration, Testing& testing) {
                         return test_round_trip(bench, index, migration, testing);
                     });
}

}  // namespace commands
