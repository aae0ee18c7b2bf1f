// tools/varve/exit_code.hpp: what a command tells the shell. Stable; docs/errors.md has the table.
#pragma once

#include "ledger/result.hpp"

namespace tools::varve {

enum class ExitCode : int {
    fine = 0,
    error = 1,
    usage = 2,
    pending = 3,
    refused = 4,
    approval_missing = 5,
    drift = 6,
    integrity = 7,
    lock = 8,
    migration_failed = 9,
    in_doubt = 10,
    unreachable = 11,
    interrupted = 130,
    terminated = 143,
};

[[nodiscard]] ExitCode exit_code_of(const ledger::Error& error);

}  // namespace tools::varve
