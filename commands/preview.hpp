// commands/preview.hpp: what a run or a rollback would do, found out without changing anything.
//
// Order   no lock, no settling, no events: it reads the ledger, the folder, and (where a target is
//         given) the target's markers.
#pragma once

#include "commands/ports.hpp"
#include "commands/rollback.hpp"
#include "commands/run.hpp"
#include "ledger/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

struct Preview {
    Plan plan;
    std::vector<ledger::GateVerdict> gates;
    std::optional<ledger::Error> refused;              // the first gate that would stop it
    std::optional<projections::OpenAttempt> in_doubt;  // would be settled first
    std::optional<projections::OpenRun> open_run;      // goes on, or was cut off
    std::optional<ServerFacts> facts;
    bool differs{};  // target or files, from the ledger: it may have grown between the readings
    std::vector<std::string> notes;  // what is left as it is, or may be otherwise than shown
};

[[nodiscard]] ledger::Result<Preview> preview(const ledger::Reader& reader, const Known& known,
                                              const RunRequest& request, TargetDatabase* database);
[[nodiscard]] ledger::Result<Preview> preview(const ledger::Reader& reader, const Known& known,
                                              const RollbackRequest& request,
                                              TargetDatabase* database);

}  // namespace commands
