// tools/varve/http_witnesses.hpp: the webhook and the C2SP witnesses that the configuration names.
#pragma once

#include "commands/checkpoint_witness.hpp"
#include "ledger/store.hpp"
#include "projections/row_store.hpp"
#include "tools/varve/configuration.hpp"

#include <memory>
#include <vector>

namespace tools::varve {

// Of one whose address is not there, or whose verifier is none.
struct WitnessProblem {
    ledger::WitnessKind kind{};
    ledger::Error error;
};

struct HttpWitnesses {
    std::vector<std::unique_ptr<commands::CheckpointWitness>> witnesses;
    std::vector<WitnessProblem> problems;
};

// Those that are only named, not sent anything.
[[nodiscard]] HttpWitnesses named_http_witnesses(const Configuration& configuration,
                                                 const ledger::Reader& reader);

// They ask `reader` for proofs: it outlives them. `rows` tell what each cosigned last.
[[nodiscard]] HttpWitnesses http_witnesses(const Configuration& configuration,
                                           const ledger::Reader& reader,
                                           const projections::RowStore& rows);

}  // namespace tools::varve
