// migrations/sql/psql_commands.hpp: commands of psql in a file that psql is to run: which of them
// bring in, or decide on, what is not judged.
//
// Shape    each of a line's commands: a backslash outside of quotes begins the next, as in psql.
// Beside   \echo, \set, \timing and the like change nothing: nothing is said of them; nor of what
//          pg_dump writes for itself.
#pragma once

#include "migrations/diagnostic.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migrations::sql {

// Warnings, by the id "psql-meta-command".
[[nodiscard]] std::vector<Diagnostic> say_unjudged_commands(std::string_view text,
                                                            const std::string& file);

}  // namespace migrations::sql
