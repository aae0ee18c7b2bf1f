// migrations/secret_arguments.hpp: credentials that a script gives to a setting, a variable or a
// function.
//
// Finds   SET app.jwt_secret = '...', ALTER DATABASE and ALTER ROLE ... SET the same,
//         set_config('app.jwt_secret', '...'): settings with a name of their own that ends in what
//         a credential is called; format('... PASSWORD %L', '...'), 'host=h password=' || '...';
//         the keys of pgcrypto's functions and of sign(). In code between dollars, too.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace migrations {

// Begin and end of each string that holds one, with its quotes.
[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> find_secret_arguments(
    std::string_view text);

}  // namespace migrations
