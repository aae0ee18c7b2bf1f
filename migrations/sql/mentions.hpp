// migrations/sql/mentions.hpp: every name that a script's text mentions, wherever it stands in it.
//
// Shape   from tokens, not from a tree: also in bodies of functions and of DO, in strings that are
//         executed, and in those that look like a name or like SQL ('app.orders', 'SELECT ...').
//         Rather one too many than one too few.
// Format  folded as PostgreSQL folds: words to lower case, "Quoted" as they stand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::sql {

struct Mention {
    std::vector<std::string> parts;  // "app.orders.id": app, orders, id
    std::size_t begin{};             // of the text
    bool is_value{};       // in a string that is no body and is not executed; may be prose
    bool is_within{};      // in a body or in an executed string
    bool is_keyword{};     // of SQL, alone and without quotes
    bool is_row_unseen{};  // may be a column of rows whose table is not named beside it
    bool operator==(const Mention&) const = default;
};

struct OperatorMention {
    std::string text;  // "=="; of "=-1" it is "=-"
    std::size_t begin{};
    bool operator==(const OperatorMention&) const = default;
};

struct Mentions {
    std::vector<Mention> names;
    std::vector<OperatorMention> operators;
    // What the text itself gives as a name, as far as it shows: of what it creates, of a column, a
    // parameter or a variable before its type, behind RENAME TO and AS, as an alias.
    std::vector<std::string> given;
    // Whole rows are meant, so that columns count that are not named: "*", LIKE, INHERITS,
    // %ROWTYPE.
    bool takes_whole_rows{};
    std::vector<std::size_t> cascades;  // where CASCADE stands that is none of a foreign key's
};

[[nodiscard]] bool is_operator_character(char character);

[[nodiscard]] Mentions read_mentions(std::string_view text);

// A word or a quoted name as PostgreSQL knows it.
[[nodiscard]] std::string folded(std::string_view token);

}  // namespace migrations::sql
