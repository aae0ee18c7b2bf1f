#include "commands/expected_time.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace commands {

namespace {

constexpr double mebibyte = 1024 * 1024;
constexpr double read_bytes_per_second = 200 * mebibyte;
constexpr double written_bytes_per_second = 50 * mebibyte;
constexpr double indexed_rows_per_second = 400'000;
constexpr std::uint64_t rows_min = 1'000;  // fewer tell more of the statement than of the rows
constexpr double us_per_second = 1e6;

std::string rounded(double number) { return std::to_string(std::llround(number)); }

std::string size_text(double bytes) {
    return bytes < mebibyte ? "less than 1 MiB" : rounded(bytes / mebibyte) + " MiB";
}

class Sum {
public:
    void add(double seconds, std::string what) {
        seconds_ += seconds;
        text_ += (text_.empty() ? "" : " + ") + std::move(what);
    }
    [[nodiscard]] std::optional<ExpectedTime> result() const {
        if (text_.empty()) return std::nullopt;
        return ExpectedTime{static_cast<std::uint64_t>(seconds_ * us_per_second), text_};
    }

private:
    double seconds_{};
    std::string text_;
};

// The relation whose rows the time on the copy is for the most part of.
std::optional<ExpectedTime> scaled(const MeasuredStatement& statement,
                                   const std::map<RelationName, RelationFigures>& target) {
    std::optional<ExpectedTime> result;
    for (const auto& [name, scan] : statement.scans) {
        const auto known = target.find(name);
        if (scan.rows < rows_min || scan.count == 0 || known == target.end()) continue;
        const double there = static_cast<double>(scan.rows) / static_cast<double>(scan.count);
        const double us = static_cast<double>(statement.elapsed_us) * known->second.rows / there;
        if (result && us <= static_cast<double>(result->us)) continue;
        result = ExpectedTime{static_cast<std::uint64_t>(us),
                              rounded(static_cast<double>(statement.elapsed_us) / 1000) +
                                  " ms for " + rounded(there) + " rows of " + to_text(name) +
                                  " on the shadow, " + rounded(known->second.rows) + " there"};
    }
    return result;
}

bool holds(const std::vector<RelationName>& names, const RelationName& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether nothing that has rows on the target was too small on the copy to tell.
bool tells_all(const MeasuredStatement& statement,
               const std::map<RelationName, RelationFigures>& target) {
    return std::all_of(statement.scans.begin(), statement.scans.end(), [&](const auto& scanned) {
        const auto known = target.find(scanned.first);
        return scanned.second.rows >= rows_min || known == target.end() || known->second.rows <= 0;
    });
}

bool is_one_of(const std::string& kind, std::initializer_list<std::string_view> kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

LockMode lock_on(const MeasuredStatement& statement, const RelationName& name) {
    for (const RelationLock& lock : statement.locks)
        if (lock.relation == name) return lock.mode;
    return LockMode::access_share;
}

std::ptrdiff_t indexes_entered(const MeasuredStatement& statement) {
    if (!is_one_of(statement.kind, {"update", "merge"})) return 0;
    return std::count_if(
        statement.locks.begin(), statement.locks.end(), [&](const RelationLock& lock) {
            return lock.mode == LockMode::row_exclusive && !statement.scans.contains(lock.relation);
        });
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

void add_indexes(std::ptrdiff_t count, double rows, const std::string& does, Sum& sum) {
    if (rows <= 0 || count <= 0) return;
    sum.add(static_cast<double>(count) * rows / indexed_rows_per_second,
            does + " " + std::to_string(count) + (count == 1 ? " index" : " indexes") + " of " +
                rounded(rows) + " rows at 400,000 rows/s");
}

std::optional<ExpectedTime> by_bytes(const MeasuredStatement& statement,
                                     const std::map<RelationName, RelationFigures>& target) {
    Sum sum;
    double largest_rows = 0;
    for (const auto& [name, scan] : statement.scans) {
        const auto known = target.find(name);
        if (known == target.end()) continue;
        const double bytes =
            static_cast<double>(known->second.bytes) * static_cast<double>(scan.count);
        sum.add(bytes / read_bytes_per_second,
                "reads " + size_text(bytes) + " of " + to_text(name) + " at 200 MiB/s");
        largest_rows = std::max(largest_rows, known->second.rows);
        add_writes(statement, name, known->second, sum);
    }
    const auto is_index = [](const auto& file) { return file.second == 'i'; };
    const auto built =
        std::count_if(statement.new_files.begin(), statement.new_files.end(), is_index) +
        static_cast<std::ptrdiff_t>(statement.reindexed.size());
    add_indexes(built, largest_rows, "builds", sum);
    add_indexes(indexes_entered(statement), largest_rows, "enters", sum);
    return sum.result();
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
