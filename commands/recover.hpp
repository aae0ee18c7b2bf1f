// commands/recover.hpp: settles what a crash left in doubt, and does nothing else.
#pragma once

#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"

namespace commands {

struct RecoverReport {
    std::optional<Examination> examination;  // of what was in doubt; nothing: nothing was
    Settlement settlement;
};

[[nodiscard]] ledger::Result<RecoverReport> recover(Services& services,
                                                    const TargetRequest& request,
                                                    const migrations::Folder* folder);

}  // namespace commands
