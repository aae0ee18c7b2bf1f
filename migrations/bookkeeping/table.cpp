#include "migrations/bookkeeping/table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace migrations::bookkeeping {

std::string qualified(const TableShape& shape) { return shape.schema + "." + shape.name; }

bool has_column(const TableShape& shape, std::string_view column) {
    return std::find(shape.columns.begin(), shape.columns.end(), column) != shape.columns.end();
}

Cell RowView::cell(std::string_view column) const {
    const auto& columns = table_->shape.columns;
    const auto found = std::find(columns.begin(), columns.end(), column);
    if (found == columns.end()) return std::nullopt;
    return table_->rows[index_][static_cast<std::size_t>(found - columns.begin())];
}

std::string RowView::text(std::string_view column) const { return cell(column).value_or(""); }

std::optional<std::int64_t> RowView::number(std::string_view column) const {
    const std::string digits = text(column);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
        return std::nullopt;
    return number;
}

// A table that was moved here from another database may have numbers for truths.
bool RowView::is_true(std::string_view column) const {
    const std::string truth = text(column);
    return truth == "true" || truth == "1";
}

std::vector<RowView> rows_by(const Table& table, std::string_view column) {
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    for (std::size_t index = 0; index < table.rows.size(); ++index)
        order.emplace_back(
            RowView{table, index}.number(column).value_or(std::numeric_limits<std::int64_t>::max()),
            index);
    std::stable_sort(order.begin(), order.end());
    std::vector<RowView> rows;
    rows.reserve(order.size());
    for (const auto& [unused, index] : order) rows.emplace_back(table, index);
    return rows;
}

std::string json_lines(const std::vector<Table>& tables) {
    std::string all;
    for (const Table& table : tables) {
        std::vector<std::string> lines;
        for (const auto& row : table.rows) {
            nlohmann::ordered_json line{{"table", qualified(table.shape)}};
            for (std::size_t index = 0; index < row.size(); ++index)
                line[table.shape.columns[index]] =
                    row[index] ? nlohmann::ordered_json(*row[index]) : nullptr;
            lines.push_back(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        }
        std::sort(lines.begin(), lines.end());
        for (const std::string& line : lines) all += line + "\n";
    }
    return all;
}

std::string date_text(std::int64_t instant_us) {
    const auto days = std::chrono::floor<std::chrono::days>(
        std::chrono::sys_time<std::chrono::microseconds>{std::chrono::microseconds{instant_us}});
    const std::chrono::year_month_day date{days};
    std::array<char, 32> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return std::string{text.data(), static_cast<std::size_t>(length)};
}

}  // namespace migrations::bookkeeping
