// commands/trigger_writes.hpp: values that a table's own trigger has written while a script ran.
//
// Trusts   a trigger that is there before and after, for INSERT or UPDATE, whose function or
//          arguments name the column, where no script does. A script that takes whole rows
//          (SELECT *) may have moved it: then the trigger is no excuse.
#pragma once

#include "commands/rehearsal_ports.hpp"

#include <string>
#include <vector>

namespace commands {

struct UndoneScripts {
    const CatalogText& before;
    const CatalogText& after;
    std::vector<std::string> scripts;  // what was run in between
};

// Takes such columns out of both where they differ, and tells of them, a sentence each.
[[nodiscard]] std::vector<std::string> take_out_written(const UndoneScripts& undone,
                                                        AllRows& before, AllRows& after);

}  // namespace commands
