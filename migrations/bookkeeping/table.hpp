// migrations/bookkeeping/table.hpp: a table of another tool, as plain text.
//
// Units  instants are microseconds since 1970 in UTC, bytes lower-case hex, truths "true" or
//        "false"; text is clean UTF-8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::bookkeeping {

using Cell = std::optional<std::string>;

struct TableShape {
    std::string schema;
    std::string name;
    std::vector<std::string> columns;
    bool operator==(const TableShape&) const = default;
};

struct Table {
    TableShape shape;
    std::vector<std::vector<Cell>> rows;  // cells in the order of the columns
    bool operator==(const Table&) const = default;
};

[[nodiscard]] std::string qualified(const TableShape& shape);  // "public.schema_migrations"

[[nodiscard]] bool has_column(const TableShape& shape, std::string_view column);

// One row, asked by column. A column that is not there is null.
class RowView {
public:
    RowView(const Table& table, std::size_t index) : table_{&table}, index_{index} {}

    [[nodiscard]] Cell cell(std::string_view column) const;
    [[nodiscard]] std::string text(std::string_view column) const;  // "" for null
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view column) const;
    [[nodiscard]] bool is_true(std::string_view column) const;

private:
    const Table* table_;
    std::size_t index_;
};

// By a column of numbers, smallest first; rows without one come last.
[[nodiscard]] std::vector<RowView> rows_by(const Table& table, std::string_view column);

// A line of JSON each row, a table's in the order of the text: where a server keeps them is
// nobody's, and moves with every update.
[[nodiscard]] std::string json_lines(const std::vector<Table>& tables);

// The day of an instant, in UTC: "2026-01-05".
[[nodiscard]] std::string date_text(std::int64_t instant_us);

}  // namespace migrations::bookkeeping
