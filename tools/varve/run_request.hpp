// tools/varve/run_request.hpp: a run or a rollback as configuration and command line ask for it.
//
// Refuses  "usage" where options contradict each other, "reason-missing"; "policy" where rollbacks
//          are turned off by MIGRATION_ROLLBACK_ENABLED.
#pragma once

#include "commands/rollback.hpp"
#include "commands/run.hpp"
#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/verbs.hpp"

#include <memory>

namespace tools::varve {

[[nodiscard]] ledger::Result<commands::RunRequest> run_request(
    const Configuration& configuration, const RunVerbOptions& options,
    std::shared_ptr<const migrations::Folder> folder, const std::optional<std::string>& reason);

[[nodiscard]] ledger::Result<commands::RollbackRequest> rollback_request(
    const Configuration& configuration, const RollbackVerbOptions& options,
    const std::optional<std::string>& reason);

// Where a part of what is pending was asked for, and it has nothing in it.
inline constexpr std::string_view nothing_within =
    "Nothing to do within --to or --count; varve status shows what is pending.";

// Whether a run should mention it: notes, and what concerns down scripts alone, only if asked.
[[nodiscard]] bool worth_telling(const migrations::Diagnostic& diagnostic,
                                 const Invocation& invocation);

// "0002_b.up.sql: it holds no statement (script-empty)".
[[nodiscard]] std::string note_of(const migrations::Diagnostic& diagnostic);

// What there is to say of a folder without any migration, for who looks for some.
void tell_of_empty(const migrations::Folder& folder, const Invocation& invocation,
                   const Console& console);

}  // namespace tools::varve
