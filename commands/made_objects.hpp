// commands/made_objects.hpp: what a script makes that cannot be made twice.
//
// Format  tables, views, sequences and types by name, as migrations::rules::key_of() has it.
#pragma once

#include "migrations/migration.hpp"

#include <set>
#include <string>

namespace commands {

struct MadeObjects {
    std::set<std::string> made;  // there at its end
    std::set<std::string> gone;  // dropped, or under another name since
};

// Of plain CREATE statements: neither what is made only where it is missing, or in place of what is
// there, nor what is temporary.
[[nodiscard]] MadeObjects made_objects(const migrations::Script& script);

}  // namespace commands
