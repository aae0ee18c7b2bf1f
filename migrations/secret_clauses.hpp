// migrations/secret_clauses.hpp: credentials that a statement names itself: PASSWORD '...', options
// of foreign servers and user mappings, passwords in what connects, \set of psql, rows of a table
// of settings.
//
// Broken    after PASSWORD a string that nothing closes counts, up to its line's end, and one in
//           the wrong quotes.
// Deep      code between dollars is read as well, and what a comment says; there it must stand in a
//           CREATE or ALTER of a role, user, mapping, server or subscription, since prose speaks of
//           passwords too.
// Examples  are among what is found; who asks leaves them out.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace migrations {

struct SecretClause {
    std::string_view kind;
    std::size_t begin{};
    std::size_t end{};  // of all that must not be shown
    std::size_t value_begin{};
    std::size_t value_end{};  // without its quotes
};

[[nodiscard]] std::vector<SecretClause> find_secret_clauses(std::string_view text);

// Whether the text, in lower case, makes or changes what has a password.
[[nodiscard]] bool speaks_of_a_role(std::string_view low);

}  // namespace migrations
