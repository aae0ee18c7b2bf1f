// migrations/secret_examples.hpp: what stands where a credential would, and is none.
#pragma once

#include <string_view>

namespace migrations {

// What nobody could log in with, what says of itself that it is to be replaced ("changeme",
// "<password>"), and what something fills in: ${NAME}, $NAME, $(NAME), %NAME%, @NAME@, __NAME__,
// #{name}, {{ name }}, :'name'.
[[nodiscard]] bool is_example(std::string_view value);

// Beside the user's name: a form to be filled in ("user" and "secret", "[password]"), or a regular
// expression. The password is not empty.
[[nodiscard]] bool is_pattern(std::string_view user, std::string_view password);

// Made by a machine, or chosen with care: letters and digits, no spaces, and no hash of a password.
// Asked where names alone say little: of what JSON and tables of settings hold.
[[nodiscard]] bool looks_chosen(std::string_view value);

}  // namespace migrations
