// commands/sample_rows.hpp: a few rows for tables that have none, so that a way back has something
// to lose.
//
// Shape    pure: from what the catalog tells of a table to INSERT statements. Every column gets a
//          value, others in each row, so that what a script adds (NOT NULL, UNIQUE) finds them fit,
//          and others in each column and table, so that one taken for another is found; where a
//          table refuses those, the row's number.
// Tries    a CHECK is not understood: the constants in it are tried, and what is usual for such a
//          column, one combination an attempt.
// Names    of tables are quoted and qualified, of columns bare.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace commands {

struct SampleColumn {
    std::string name;
    std::string type;                 // as format_type() writes it
    std::string base_type;            // pg_type.typname, of a domain what it is made of
    char category{};                  // pg_type.typcategory of that
    std::vector<std::string> labels;  // of an enum
    bool is_required{};               // NOT NULL
    bool has_default{};
    bool is_given{};              // by a sequence, an identity, or an expression: never said
    std::uint32_t length_max{};   // in characters; 0: as many as one likes
    std::string default_value{};  // an expression
};

struct SampleReference {
    std::vector<std::string> columns;
    std::string table;
    std::vector<std::string> referenced;
};

struct SampleCheck {
    std::string text;  // as pg_get_constraintdef() writes it
    std::vector<std::string> columns;
};

struct SampleTable {
    std::string name;
    std::vector<SampleColumn> columns;
    std::vector<SampleReference> references;
    std::vector<SampleCheck> checks;
    std::uint32_t place{};  // among those that get rows: no other has its numbers
};

inline constexpr std::uint32_t sample_row_count = 3;
// Where rows are there already, some numbers are taken.
inline constexpr std::uint32_t sample_number_max = 9;

enum class SampleStyle {
    varied,  // texts with blanks at their ends and inside, as far as the table takes them
    plain,   // without
};

// The INSERT of a row, from 1, once for each attempt worth making.
[[nodiscard]] std::vector<std::string> sample_inserts(const SampleTable& table, std::uint32_t row,
                                                      SampleStyle style);
// Where a sequence is to go on for a column that it gives a value, so that it is none of another.
[[nodiscard]] std::uint32_t first_given(const SampleTable& table, const SampleColumn& column);

// What became of a table that had no rows, or the history's alone.
struct SampledTable {
    std::string table;
    std::uint32_t row_count{};
    std::string why_not;                       // where there is none
    std::vector<std::string> without_value{};  // columns that are NULL in every row
    std::vector<std::string> with_default{};   // and those that have their default or NULL
    bool has_own_rows{};                       // the history's
    bool operator==(const SampledTable&) const = default;
};

// What a table holds, whatever the order of its rows and columns.
struct TableRows {
    std::uint64_t row_count{};
    std::string checksum;                        // of whole rows
    std::map<std::string, std::string> columns;  // the checksum of each column's values
    bool operator==(const TableRows&) const = default;
};
using AllRows = std::map<std::string, TableRows>;  // by the table's quoted name

// Whether a default is the same however often it is asked for.
[[nodiscard]] bool is_constant(const std::string& default_value);

// What of `before` is not there any more as it was; a sentence each, without a value.
[[nodiscard]] std::vector<std::string> lost_rows(const AllRows& before, const AllRows& after);
// Of these tables alone, those that have fewer rows, but some.
[[nodiscard]] std::vector<std::string> fewer_rows(const AllRows& before, const AllRows& after,
                                                  const std::set<std::string>& tables);

}  // namespace commands
