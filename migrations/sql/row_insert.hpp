// migrations/sql/row_insert.hpp: tells an INSERT of constant rows from another by nothing but its
// values.
//
// Use      for the thousands of a file of data: the parser is asked of one, and the others are
//          taken to be what it is.
// Shape    "INSERT INTO t (columns) VALUES", to the byte the same, and behind it nothing but rows
//          of plain numbers, plain strings, NULL, TRUE, FALSE and DEFAULT. What is not certain is
//          no repetition: casts, calls, escapes, comments.
// Cost     one pass over the values; no allocation.
#pragma once

#include <cstddef>
#include <string_view>

namespace migrations::sql {

class RowInsert {
public:
    // A statement that the parser takes; its text must outlive this.
    void remember(std::string_view text);
    void forget() { head_ = {}; }

    // Whether the parser takes it too, for a tree that differs in its constants alone.
    [[nodiscard]] bool is_repeated_by(std::string_view text, std::size_t depth_bound) const;

private:
    std::string_view head_;  // up to VALUES; empty: nothing can repeat it
};

}  // namespace migrations::sql
