// commands/judge_folder.hpp: every migration of a folder before the rules, each with what the ones
// before it have made.
//
// Pure     no database is asked; what one has said may be given.
// Judged   what is pending; what was applied, or taken over, is history that nobody can change.
// Down     a way back drops what its way there has made: a hazard in it is a warning, and that it
//          drops is not said at all.
#pragma once

#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"
#include "migrations/rules/diagnose.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace commands {

struct ToldRowCount {
    migrations::sql::ObjectName table;
    double rows{};
    double below{};  // of what inherits from it
};

struct JudgeRequest {
    std::uint32_t server_version{150000};
    migrations::rules::Policy policy;
    // Whether a migration is history; nothing: none is.
    std::function<bool(const migrations::Migration&)> is_applied;
    // What the target has now, as a script: then it, not what was applied, is the history.
    std::optional<std::string> present_schema{};
    // As a target's statistics have them.
    std::vector<ToldRowCount> row_counts{};
    bool leaves_out_notes{};  // but for what is accepted
    // What a run sets before each script.
    migrations::rules::InitialSettings initial_settings{};
};

struct JudgedMigration {
    const migrations::Migration* migration{};
    std::vector<migrations::Diagnostic> findings;
};

// Those that are judged, in the folder's order. The folder must outlive the answer.
[[nodiscard]] std::vector<JudgedMigration> judge_folder(const migrations::Folder& folder,
                                                        const JudgeRequest& request);
// Each as soon as it is judged.
void judge_folder(const migrations::Folder& folder, const JudgeRequest& request,
                  const std::function<void(JudgedMigration)>& see);

}  // namespace commands
