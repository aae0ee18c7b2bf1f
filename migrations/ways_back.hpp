// migrations/ways_back.hpp: files named as other tools name what undoes, which the layout would run
// as migrations of their own.
//
// Shape    a part between dots says it alone: "0001_a.rollback.sql", "001.undo.create-users.sql".
//          An end ("a-down", "a_undo") only where another migration is named "a", "a-up" or "a_up":
//          "0003_scale_down.sql" is an honest name. "a_rollback" and "a_revert" may well go forward
//          later on, and so only beside a migration of the same version, or of "a-up".
// Layouts  only those that take every file of a version; where the file or a list of the tool's
//          own says which way it goes, that goes before the name.
#pragma once

#include "migrations/migration.hpp"

namespace migrations {

// Refuses each. One with the version of what it undoes is no migration any more: else it would be
// told to have a version of its own.
void refuse_ways_back(Folder& folder);

}  // namespace migrations
