// tools/varve/run_request.hpp: a run as configuration and command line ask for it.
#pragma once

#include "commands/run.hpp"
#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

[[nodiscard]] ledger::Result<commands::RunRequest> run_request(const Configuration& configuration,
                                                               const RunVerbOptions& options);

// Whether a run should mention it: notes, and what concerns down scripts alone, only if asked.
[[nodiscard]] bool worth_telling(const migrations::Diagnostic& diagnostic,
                                 const Invocation& invocation);

}  // namespace tools::varve
