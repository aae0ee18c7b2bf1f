// migrations/ways_back.hpp: files named as other tools name what undoes, which the layout would run
// as migrations of their own.
//
// Shape    a part between dots says it alone: "0001_a.rollback.sql", "001.undo.create-users.sql".
//          An end ("a-down", "a_undo") only where another migration is named "a", "a-up" or "a_up",
//          and has the same version, or the one just before: "0003_scale_down.sql" and
//          "V7__orders_undo.sql" are honest names. "a_rollback" and "a_revert" may well go forward
//          later on, and so only beside a migration of the same version, or of "a-up".
// Leaves   Flyway's repeatable ones and baselines: neither has a way back.
// Accepts  what files."NAME".allow, or "-- varve: allow" in the file, says of this rule.
// Layouts  only those that take every file of a version; where the file or a list of the tool's
//          own says which way it goes, that goes before the name.
#pragma once

#include "migrations/folder.hpp"
#include "migrations/migration.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace migrations {

inline constexpr std::string_view undo_named_rule = "undo-named-otherwise";

// Refuses each. One with the version of what it undoes is no migration any more: else it would be
// told to have a version of its own.
void refuse_ways_back(Folder& folder, const FolderSettings& settings);

// Of two that have one version: how to name them, where one may undo the other. To give it another
// version would make it run.
[[nodiscard]] std::optional<std::string> way_back_help(const Folder& folder, const Migration& one,
                                                       const Migration& another);

}  // namespace migrations
