#include "commands/expected_time.hpp"

#include <algorithm>
#include <cmath>
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

}  // namespace

std::optional<ExpectedTime> expected_time(const MeasuredStatement& statement,
                                          const std::map<RelationName, RelationFigures>& target) {
    if (auto result = scaled(statement, target)) return result;
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
        if (!holds(statement.rewritten, name)) continue;
        const auto written = static_cast<double>(known->second.bytes);
        sum.add(written / written_bytes_per_second,
                "writes " + size_text(written) + " at 50 MiB/s");
    }
    const auto is_index = [](const auto& file) { return file.second == 'i'; };
    const auto built =
        std::count_if(statement.new_files.begin(), statement.new_files.end(), is_index) +
        static_cast<std::ptrdiff_t>(statement.reindexed.size());
    if (largest_rows > 0 && built > 0)
        sum.add(static_cast<double>(built) * largest_rows / indexed_rows_per_second,
                "builds " + std::to_string(built) + (built == 1 ? " index" : " indexes") + " of " +
                    rounded(largest_rows) + " rows at 400,000 rows/s");
    return sum.result();
}

}  // namespace commands
