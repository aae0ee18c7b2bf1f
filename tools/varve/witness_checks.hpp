// tools/varve/witness_checks.hpp: every witness of the configuration, asked what it has seen.
#pragma once

#include "adapters/rocksdb/verify.hpp"
#include "commands/compare_witnesses.hpp"
#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"

#include <string>
#include <vector>

namespace tools::varve {

// One that cannot be reached is told as such; an error is of the ledger.
[[nodiscard]] ledger::Result<std::vector<commands::WitnessVerdict>> ask_witnesses(
    const Flags& flags, const Configuration& configuration);

// `strict`: that one no longer holds what it took is a fault too.
[[nodiscard]] std::vector<adapters::rocksdb::Fault> faults_of(
    const std::vector<commands::WitnessVerdict>& verdicts, bool strict);
[[nodiscard]] std::string to_line(const Console& console, const commands::WitnessVerdict& verdict);
[[nodiscard]] Json to_json(const std::vector<commands::WitnessVerdict>& verdicts);

}  // namespace tools::varve
