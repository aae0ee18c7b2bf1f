// migrations/secret_comments.hpp: passwords among the settings of a connection in a comment.
//
// Finds   password=VALUE in a line that has another setting of a connection (host=, user=, ...),
//         with white space, ";" or "&" between them.
// Else    with anything else between them it may be SQL that is commented out, or prose: then a
//         value counts that looks chosen (secret_examples.hpp) and has no quotes.
// Spares  a password alone in its line, and forms to be filled in.
#pragma once

#include "migrations/secret_clauses.hpp"

#include <string_view>
#include <vector>

namespace migrations {

// Offsets are of the comment.
[[nodiscard]] std::vector<SecretClause> find_in_comment(std::string_view comment);

}  // namespace migrations
