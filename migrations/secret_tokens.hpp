// migrations/secret_tokens.hpp: credentials whose form says what they are, wherever they stand.
//
// Finds   tokens by what they begin with, how long they are and what they are made of; private
//         keys; JSON web tokens; passwords in URLs; headers of HTTP; PGPASSWORD=... before a
//         command.
// Spares  examples (secret_examples.hpp).
// Cost    a few passes over the text.
#pragma once

#include "migrations/secrets.hpp"

#include <string_view>
#include <vector>

namespace migrations {

// In no order; they may overlap.
[[nodiscard]] std::vector<Secret> find_secret_tokens(std::string_view text);

}  // namespace migrations
