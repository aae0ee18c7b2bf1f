#include "commands/catalog_difference.hpp"
#include "commands/fitting_rows.hpp"
#include "commands/rest_of_script.hpp"
#include "commands/test_bench.hpp"
#include "commands/trigger_writes.hpp"
#include "migrations/catalog_question.hpp"

#include <algorithm>
#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::TestSuite;
using migrations::Migration;
using migrations::Script;
using migrations::Statement;

namespace {

constexpr std::size_t faults_told_max = 5;
constexpr std::size_t cuts_max = 100;

// Where a run is cut off, and where the next one goes on.
struct Cut {
    std::size_t done{};
    std::size_t from{};
};

// A run goes on between two of its transactions: not within a BEGIN ... COMMIT of the file.
std::vector<std::size_t> resume_points(const Script& script) {
    std::vector<std::size_t> points;
    bool is_open = false;
    for (std::size_t index = 0; index < script.statements.size(); ++index) {
        if (index > 0 && !is_open) points.push_back(index);
        switch (script.statements[index].control) {
            case migrations::Control::begin:
                is_open = true;
                break;
            case migrations::Control::commit:
            case migrations::Control::rollback:
                is_open = false;
                break;
            case migrations::Control::none:
            case migrations::Control::chain:
            case migrations::Control::prepare:
            case migrations::Control::savepoint:
                break;
        }
    }
    return points;
}

Script with_statements(const Script& script, std::vector<Statement> statements) {
    Script part = script;
    part.mode = migrations::TransactionMode::none;
    part.statements = std::move(statements);
    return part;
}

Script first_part(const Script& script, std::size_t count) {
    return with_statements(script,
                           {script.statements.begin(),
                            script.statements.begin() + static_cast<std::ptrdiff_t>(count)});
}

// What a run finds in the catalog, and does not do again.
bool is_found_in_catalog(const Script& script, std::uint32_t index) {
    return script.statements.at(index).concurrent_index ||
           migrations::is_told_by_catalog(migrations::question_about(script, index));
}

Script without_what_is_found(const Script& script) {
    std::vector<Statement> statements;
    for (std::uint32_t index = 0; index < script.statements.size(); ++index)
        if (!is_found_in_catalog(script, index)) statements.push_back(script.statements[index]);
    return with_statements(script, std::move(statements));
}

// `once`: when it was as in `first`.
std::vector<std::string> growth(const AllRows& first, const AllRows& second,
                                const std::string& once) {
    std::vector<std::string> faults;
    for (const auto& [name, rows] : second) {
        const auto found = first.find(name);
        const std::uint64_t before = found == first.end() ? 0 : found->second.row_count;
        if (before != rows.row_count)
            faults.push_back(name + " has " + std::to_string(rows.row_count) + " rows then, and " +
                             std::to_string(before) + " after " + once);
    }
    return faults;
}

using Column = std::pair<std::string, std::string>;  // table, column

// Columns of as many rows whose values are others.
std::vector<Column> changed_columns(const AllRows& first, const AllRows& second) {
    std::vector<Column> changed;
    for (const auto& [name, rows] : second) {
        const auto found = first.find(name);
        if (found == first.end() || found->second.row_count != rows.row_count) continue;
        for (const auto& [column, checksum] : rows.columns) {
            const auto before = found->second.columns.find(column);
            if (before != found->second.columns.end() && before->second != checksum)
                changed.emplace_back(name, column);
        }
    }
    return changed;
}

class Repetition {
public:
    Repetition(TestBench& bench, std::size_t index, const Migration& migration, Testing& testing)
        : bench_{bench}, index_{index}, migration_{migration}, testing_{testing} {}

    Result<void> run() {
        for (const TriedRows tried : tried_rows) {
            if (tried && !may_meet_itself()) continue;
            tried_ = tried;
            auto went = go();
            if (!went) return fail(went.error());
            if (*went) return {};
        }
        return {};
    }

private:
    // A run applies a transaction once, whole; what is no transaction, and what is repeatable, may
    // meet its own effect.
    [[nodiscard]] bool may_meet_itself() const {
        return migration_.up.mode != migrations::TransactionMode::one ||
               migration_.kind == ledger::MigrationKind::repeatable;
    }

    // The database at its place, each time with the same rows.
    Result<Rehearsal*> begin() {
        auto database = bench_.at(index_);
        if (!database || *database == nullptr || !tried_) return database;
        auto filled = (*database)->add_sample_rows(*tried_);
        if (!filled) return fail(filled.error());
        bench_.add_rows(*filled);
        filled_ = std::move(*filled);
        return database;
    }

    // False where it may be the sample rows that do not suit: then with plainer ones, or none.
    Result<bool> go() {
        auto database = begin();
        if (!database) return fail(database.error());
        if (*database == nullptr) {
            testing_.block(bench_.failed_before(index_).value_or(""));
            return true;
        }
        const auto before = (*database)->catalog();
        if (!before) return fail(before.error());
        const auto rows = (*database)->rows();
        if (!rows) return fail(rows.error());
        const auto first = rehearse(**database, migration_.up, Ending::kept);
        if (!first) return fail(first.error());
        const auto why = failure_text(*first);
        if (why && tried_ && may_suit_others(tried_, *first)) {
            unsuited_ = *why;
            bench_.spoil();
            return false;
        }
        testing_.before(*before);
        tell_rows(*rows);
        if (why) {
            testing_.check("up", false, *why);
            bench_.failed(index_, *why);
            bench_.spoil();
            return true;
        }
        if (auto done = repeat(**database, *first); !done) return fail(done.error());
        return true;
    }

    void tell_rows(const AllRows& rows) {
        if (!unsuited_.empty())
            testing_.check("up on sample rows", true, tried_text(tried_, unsuited_));
        if (tried_) testing_.check("sample rows", true, fill_text(filled_, rows));
    }

    Result<void> repeat(Rehearsal& database, const RehearsedScript& first) {
        auto catalog = database.catalog();
        if (!catalog) return fail(catalog.error());
        applied_ = std::move(*catalog);
        testing_.after(applied_);
        if (auto done = second_time(database, first); !done) return done;
        if (!first.transactional) return cut_off(first);
        if (may_meet_itself() || database.is_spoilt())
            bench_.spoil();
        else
            bench_.moved_to(index_ + 1);
        return {};
    }

    Result<RehearsedScript> rehearse(Rehearsal& database, const Script& script, Ending ending) {
        auto rehearsed = database.rehearse(script, ending);
        if (rehearsed) testing_.ran(*rehearsed);
        return rehearsed;
    }

    Result<void> second_time(Rehearsal& database, const RehearsedScript& first) {
        constexpr const char* name = "a second time over";
        const bool must = !first.transactional || may_meet_itself();
        auto rows = database.rows();
        if (!rows) return fail(rows.error());
        applied_rows_ = *std::move(rows);
        const Script script =
            first.transactional ? migration_.up : without_what_is_found(migration_.up);
        const auto second = rehearse(database, script, must ? Ending::kept : Ending::undone);
        if (!second) return fail(second.error());
        const auto why = failure_text(*second);
        if (!must) {
            testing_.check(
                name, true,
                why ? "would fail, and is not done: a run applies it once, whole: " + *why
                    : "would succeed; a run applies it once, whole");
            return {};
        }
        if (why) {
            testing_.check(name, false, *why);
            return {};
        }
        const auto catalog = database.catalog();
        if (!catalog) return fail(catalog.error());
        const auto more = database.rows();
        if (!more) return fail(more.error());
        auto faults = catalog_difference(applied_, *catalog, faults_told_max);
        auto others = other_rows(*catalog, *more, "the first time");
        if (!others) return fail(others.error());
        for (std::string& fault : *others) faults.push_back(std::move(fault));
        if (faults.size() > faults_told_max) faults.resize(faults_told_max);
        testing_.check(name, faults, written_);
        return {};
    }

    // How these rows differ from those of the first time. Spoils the database.
    Result<std::vector<std::string>> other_rows(const CatalogText& catalog, AllRows rows,
                                                const std::string& once) {
        auto faults = growth(applied_rows_, rows, once);
        AllRows before = applied_rows_;
        written_ = take_out_written({applied_, catalog, {migration_.up.text}}, before, rows);
        const auto changed = changed_columns(before, rows);
        if (changed.empty()) return faults;
        if (auto looked = look_what_varies(); !looked) return fail(looked.error());
        for (const auto& column : changed)
            if (std::find(varying_->begin(), varying_->end(), column) == varying_->end())
                faults.push_back("values of column " + column.second + " of " + column.first +
                                 " are others then than after " + once);
        return faults;
    }

    // What differs from one first time to the next: now(), random().
    Result<void> look_what_varies() {
        if (varying_) return {};
        bench_.spoil();
        auto database = begin();
        if (!database) return fail(database.error());
        varying_.emplace();
        if (*database == nullptr) return {};
        const auto again = rehearse(**database, migration_.up, Ending::kept);
        if (!again) return fail(again.error());
        const auto rows = (*database)->rows();
        if (!rows) return fail(rows.error());
        varying_ = changed_columns(applied_rows_, *rows);
        return {};
    }

    // After each statement; and right after one that ran outside any transaction, before it could
    // be noted that it had.
    Result<void> cut_off(const RehearsedScript& first) {
        std::vector<Cut> cuts;
        for (const std::size_t point : resume_points(migration_.up)) cuts.push_back({point, point});
        for (const MeasuredStatement& statement : first.statements)
            if (statement.ran_outside && !is_found_in_catalog(migration_.up, statement.index))
                cuts.push_back({statement.index + 1, statement.index});
        const bool is_cut_short = cuts.size() > cuts_max;
        if (is_cut_short) cuts.resize(cuts_max);
        std::vector<std::string> faults;
        for (const Cut& cut : cuts) {
            auto fault = try_cut(cut);
            if (!fault) return fail(fault.error());
            if (*fault && faults.size() < faults_told_max) faults.push_back(**fault);
        }
        bench_.spoil();
        if (faults.empty())
            testing_.check("killed and gone on with", true,
                           std::to_string(cuts.size()) + (cuts.size() == 1 ? " place" : " places") +
                               (is_cut_short ? ", the first of more" : ""));
        else
            testing_.check("killed and gone on with", faults);
        return {};
    }

    Result<std::optional<std::string>> try_cut(const Cut& cut) {
        using Fault = std::optional<std::string>;
        bench_.spoil();
        auto database = begin();
        if (!database) return fail(database.error());
        if (*database == nullptr) return Fault{bench_.failed_before(index_)};
        const std::string place = "killed after line " +
                                  std::to_string(migration_.up.statements.at(cut.done - 1).line) +
                                  (cut.from < cut.done ? ", before it was noted" : "") + ": ";
        const auto begun = rehearse(**database, first_part(migration_.up, cut.done), Ending::kept);
        if (!begun) return fail(begun.error());
        if (auto why = failure_text(*begun)) return Fault{place + *why};
        const auto rest = rehearse(
            **database, with_statements(migration_.up, rest_of(migration_.up, cut.from).statements),
            Ending::kept);
        if (!rest) return fail(rest.error());
        if (auto why = failure_text(*rest)) return Fault{place + *why};
        const auto catalog = (*database)->catalog();
        if (!catalog) return fail(catalog.error());
        const auto other = catalog_difference(applied_, *catalog, 1);
        if (!other.empty()) return Fault{place + other.front()};
        const auto rows = (*database)->rows();
        if (!rows) return fail(rows.error());
        const auto others = other_rows(*catalog, *rows, "a run that was not killed");
        if (!others) return fail(others.error());
        return others->empty() ? Fault{} : Fault{place + others->front()};
    }

    TestBench& bench_;
    std::size_t index_;
    const Migration& migration_;
    Testing& testing_;
    TriedRows tried_;
    std::string unsuited_;  // why the script failed on other rows
    std::vector<SampledTable> filled_;
    CatalogText applied_;
    AllRows applied_rows_;
    std::vector<std::string> written_;  // by triggers
    std::optional<std::vector<Column>> varying_;
};

}  // namespace

Result<SuiteResults> test_idempotency(Shadow& shadow, const TestOrder& order) {
    TestBench bench{shadow, order};
    return test_each(order, shadow, TestSuite::idempotency,
                     [&](std::size_t index, const Migration& migration, Testing& testing) {
                         return Repetition{bench, index, migration, testing}.run();
                     });
}

}  // namespace commands
