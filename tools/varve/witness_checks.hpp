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

struct WitnessRequest {
    bool is_read_anew{};               // the ledger's lines: nobody has looked at all of them
    std::vector<std::string> without;  // "folder /mnt/old": gone for good, and not to be missed
};

// One that cannot be reached is told as such, and one that the ledger's events name alone
// with what it took. An error is of the ledger, or refused "usage": nothing of `without` is one of
// the latter.
[[nodiscard]] ledger::Result<std::vector<commands::WitnessVerdict>> ask_witnesses(
    const Flags& flags, const Configuration& configuration, const WitnessRequest& request);

// `strict`: that one no longer holds what it took is a fault too.
[[nodiscard]] std::vector<adapters::rocksdb::Fault> faults_of(
    const std::vector<commands::WitnessVerdict>& verdicts, bool strict);
[[nodiscard]] std::string to_line(const Console& console, const commands::WitnessVerdict& verdict);
[[nodiscard]] Json to_json(const std::vector<commands::WitnessVerdict>& verdicts);

}  // namespace tools::varve
