// tools/varve/environments.hpp: every environment of the configuration, not only the one asked for;
// and targets of the ledger that are none of them (any more).
#pragma once

#include "commands/recorded_witnesses.hpp"
#include "ledger/identity.hpp"
#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"

#include <string>
#include <vector>

namespace tools::varve {

class Reading;

struct NamedEnvironment {
    std::string name;
    ledger::Result<Configuration> configuration;  // an error: why its target cannot be reached
};

// The one that was asked for first, where it has a URL; then every other of the file, each with the
// URL of its own.
[[nodiscard]] std::vector<NamedEnvironment> every_environment(const Flags& flags,
                                                              const Configuration& configuration);

// The file has sections, and none of the target; nor do --url or DATABASE_URL lead to it.
[[nodiscard]] bool is_unlisted(const Configuration& configuration, const ledger::Target& target);

// Refused "environment-unknown" where neither the file nor the ledger knows what was chosen.
[[nodiscard]] ledger::Result<void> expect_known(const Configuration& configuration,
                                                Reading& reading);

// The configuration with the schema in which the ledger has the target's rows, whatever this file
// says: another environment may have a file of its own, with a marker_schema of its own.
[[nodiscard]] Configuration where_its_rows_are(Configuration configuration,
                                               const commands::RecordedWitnesses& memory);

}  // namespace tools::varve
