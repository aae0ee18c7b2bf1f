#include "commands/expected_time.hpp"

#include "commands/described.hpp"
#include "commands/emptied_tables.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace commands {

namespace {

using Figures = std::map<RelationName, RelationFigures>;

constexpr double mebibyte = 1024 * 1024;
constexpr double read_bytes_per_second = 200 * mebibyte;
constexpr double written_bytes_per_second = 50 * mebibyte;
constexpr double indexed_rows_per_second = 400'000;
constexpr double keys_per_second = 1'000'000;    // in their order
constexpr double looked_up_per_second = 10'000;  // each by itself
constexpr std::size_t told_max = 3;              // tables
constexpr std::uint64_t rows_min = 1'000;  // fewer tell more of the statement than of the rows
constexpr double us_per_second = 1e6;

std::string rounded(double number) { return std::to_string(std::llround(number)); }

std::string size_text(double bytes) {
    return bytes < mebibyte ? "less than 1 MiB" : rounded(bytes / mebibyte) + " MiB";
}

std::string seconds_text(double seconds) {
    const auto tenths = std::llround(seconds * 10);
    return tenths == 0 ? "less than 0.1 s"
                       : std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

class Sum {
public:
    void add(double seconds, std::string what) {
        seconds_ += seconds;
        text_ += (text_.empty() ? "" : " + ") + std::move(what);
    }
    [[nodiscard]] double seconds() const { return seconds_; }
    [[nodiscard]] std::optional<ExpectedTime> result() const {
        if (text_.empty()) return std::nullopt;
        return ExpectedTime{static_cast<std::uint64_t>(seconds_ * us_per_second), text_};
    }

private:
    double seconds_{};
    std::string text_;
};

// What the target knows of the size of.
const RelationFigures* size_of(const Figures& target, const RelationName& name) {
    const auto known = target.find(name);
    return known == target.end() || known->second.is_size_unknown ? nullptr : &known->second;
}

// The relation whose rows the time on the copy is for the most part of.
std::optional<ExpectedTime> scaled(const MeasuredStatement& statement, const Figures& target) {
    std::optional<ExpectedTime> result;
    for (const auto& [name, scan] : statement.scans) {
        const RelationFigures* known = size_of(target, name);
        if (scan.rows < rows_min || scan.count == 0 || known == nullptr) continue;
        const double there = static_cast<double>(scan.rows) / static_cast<double>(scan.count);
        const double us = static_cast<double>(statement.elapsed_us) * known->rows / there;
        if (result && us <= static_cast<double>(result->us)) continue;
        result = ExpectedTime{static_cast<std::uint64_t>(us),
                              rounded(static_cast<double>(statement.elapsed_us) / 1000) +
                                  " ms for " + rounded(there) + " rows of " + to_text(name) +
                                  " on the shadow, " + rounded(known->rows) + " there"};
    }
    return result;
}

// A new column has no values to look up, or one.
bool only_adds_columns(const MeasuredStatement& statement) {
    const migrations::sql::Action action = described(statement.text);
    const auto* alter = std::get_if<migrations::sql::AlterTable>(&action);
    return alter != nullptr &&
           std::ranges::all_of(alter->changes, [](const migrations::sql::TableChange& change) {
               return change.kind == migrations::sql::TableChangeKind::add_column;
           });
}

using ForeignKeys = std::vector<std::pair<RelationName, RelationName>>;

ForeignKeys looked_up(const MeasuredStatement& statement) {
    if (statement.foreign_keys.empty() || only_adds_columns(statement)) return {};
    return statement.foreign_keys;
}

bool holds(const std::vector<RelationName>& names, const RelationName& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether nothing that has rows on the target was too small on the copy to tell, or looked up.
bool tells_all(const MeasuredStatement& statement, const Figures& target) {
    const auto has_rows = [&](const RelationName& name) {
        const RelationFigures* known = size_of(target, name);
        return known == nullptr ? target.contains(name) : known->rows > 0;
    };
    const auto is_untold = [&](const auto& scanned) {
        return scanned.second.rows < rows_min && has_rows(scanned.first);
    };
    const auto is_looked_up = [&](const auto& key) { return has_rows(key.second); };
    return std::ranges::none_of(statement.scans, is_untold) &&
           std::ranges::none_of(looked_up(statement), is_looked_up);
}

bool is_one_of(const std::string& kind, std::initializer_list<std::string_view> kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

LockMode lock_on(const MeasuredStatement& statement, const RelationName& name) {
    for (const RelationLock& lock : statement.locks)
        if (lock.relation == name) return lock.mode;
    return LockMode::access_share;
}

// Of each table, how many of its indexes.
using IndexCounts = std::map<RelationName, std::ptrdiff_t>;

void count_index(const MeasuredStatement& statement, const RelationName& index,
                 IndexCounts& counts) {
    const auto table = statement.index_tables.find(index);
    if (table != statement.index_tables.end()) ++counts[table->second];
}

IndexCounts indexes_built(const MeasuredStatement& statement) {
    IndexCounts counts;
    for (const auto& [name, kind] : statement.new_files) count_index(statement, name, counts);
    for (const RelationName& name : statement.reindexed) count_index(statement, name, counts);
    return counts;
}

IndexCounts indexes_entered(const MeasuredStatement& statement) {
    IndexCounts counts;
    if (!is_one_of(statement.kind, {"update", "merge"})) return counts;
    for (const RelationLock& lock : statement.locks)
        if (lock.mode >= LockMode::row_exclusive) count_index(statement, lock.relation, counts);
    return counts;
}

void add_writes(const MeasuredStatement& statement, const RelationName& name,
                const RelationFigures& figures, Sum& sum) {
    const auto bytes = static_cast<double>(figures.bytes);
    const double seconds = bytes / written_bytes_per_second;
    if (holds(statement.rewritten, name))
        sum.add(seconds, "writes " + size_text(bytes) + " at 50 MiB/s");
    else if (is_one_of(statement.kind, {"update", "delete", "merge"}) &&
             lock_on(statement, name) >= LockMode::row_exclusive)
        sum.add(seconds, "writes " + size_text(bytes) + " at 50 MiB/s, where all rows change");
    else if (is_one_of(statement.kind, {"insert", "create-table-as", "create-materialized-view",
                                        "refresh-materialized-view"}))
        sum.add(seconds, "writes as much at 50 MiB/s");
}

void add_indexes(const IndexCounts& counts, const RelationName& table, double rows,
                 const std::string& does, Sum& sum) {
    const auto known = counts.find(table);
    if (rows <= 0 || known == counts.end()) return;
    const std::ptrdiff_t count = known->second;
    sum.add(static_cast<double>(count) * rows / indexed_rows_per_second,
            does + " " + std::to_string(count) + (count == 1 ? " index" : " indexes") + " of " +
                rounded(rows) + " rows at 400,000 rows/s");
}

// Those that are referred to: all keys in their order, or each that is needed by itself, as the
// planner finds it shorter.
void add_foreign_keys(const MeasuredStatement& statement, const ForeignKeys& keys,
                      const RelationName& referring, const Figures& target, Sum& sum) {
    const double rows = size_of(target, referring)->rows;
    for (const auto& [from, to] : keys) {
        const RelationFigures* known = size_of(target, to);
        const bool is_read_already = to != from && statement.scans.contains(to);
        if (from != referring || known == nullptr || is_read_already) continue;
        const double in_order = known->rows / keys_per_second;
        const double one_by_one = rows / looked_up_per_second;
        if (std::min(in_order, one_by_one) <= 0) continue;
        if (in_order <= one_by_one)
            sum.add(in_order, "reads " + rounded(known->rows) + " keys of " + to_text(to) +
                                  " at 1,000,000 rows/s");
        else
            sum.add(one_by_one,
                    "looks up " + rounded(rows) + " rows in " + to_text(to) + " at 10,000 rows/s");
    }
}

// The largest with their arithmetic, the others together.
std::optional<ExpectedTime> folded(std::vector<Sum> tables) {
    std::stable_sort(tables.begin(), tables.end(), [](const Sum& one, const Sum& other) {
        return one.seconds() > other.seconds();
    });
    Sum all;
    double others = 0;
    for (std::size_t index = 0; index < tables.size(); ++index) {
        const auto result = tables[index].result();
        if (index < told_max && result)
            all.add(tables[index].seconds(), result->arithmetic);
        else
            others += tables[index].seconds();
    }
    if (tables.size() > told_max)
        all.add(others, seconds_text(others) + " for " + std::to_string(tables.size() - told_max) +
                            " more");
    return all.result();
}

std::optional<ExpectedTime> by_bytes(const MeasuredStatement& statement, const Figures& target) {
    std::vector<Sum> tables;
    const auto emptied = emptied_by(statement);
    const IndexCounts built = indexes_built(statement);
    const IndexCounts entered = indexes_entered(statement);
    auto scans = statement.scans;
    const ForeignKeys keys = looked_up(statement);
    for (const auto& [from, to] : keys) scans.try_emplace(from, Scan{0, 1});
    for (const auto& [name, scan] : scans) {
        const RelationFigures* known = size_of(target, name);
        if (known == nullptr || holds(emptied, name)) continue;
        Sum& sum = tables.emplace_back();
        const double bytes = static_cast<double>(known->bytes) * static_cast<double>(scan.count);
        sum.add(bytes / read_bytes_per_second,
                "reads " + size_text(bytes) + " of " + to_text(name) + " at 200 MiB/s");
        add_writes(statement, name, *known, sum);
        add_indexes(built, name, known->rows, "builds", sum);
        add_indexes(entered, name, known->rows, "enters", sum);
        add_foreign_keys(statement, keys, name, target, sum);
    }
    return folded(std::move(tables));
}

}  // namespace

std::optional<ExpectedTime> expected_time(const MeasuredStatement& statement,
                                          const std::map<RelationName, RelationFigures>& target) {
    const auto by_rows = scaled(statement, target);
    if (by_rows && tells_all(statement, target)) return by_rows;
    const auto sum = by_bytes(statement, target);
    if (by_rows && sum) return by_rows->us > sum->us ? by_rows : sum;
    return by_rows ? by_rows : sum;
}

}  // namespace commands
