// commands/find_version.hpp: the migration that a person means by a version on the command line.
//
// Shape    the one spelled so; else the only one of that number: "1" finds "001", "1.0" finds "1",
//          "3" finds "0003_orders".
// Refuses  "version-ambiguous" where several have the number, "version-unknown" where none has.
#pragma once

#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <string_view>
#include <vector>

namespace commands {

[[nodiscard]] ledger::Result<ledger::Version> find_version(
    const ledger::Version& said, const std::vector<ledger::Version>& among);

}  // namespace commands
