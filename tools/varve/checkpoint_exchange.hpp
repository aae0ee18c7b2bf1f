// tools/varve/checkpoint_exchange.hpp: a checkpoint taken to a witness by hand, and its cosignature
// back: for who has no network between them.
#pragma once

#include "commands/checkpoint_witness.hpp"
#include "ledger/clock.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "tools/varve/configuration.hpp"

#include <optional>
#include <string>

namespace tools::varve {

// What `varve witness cosign`, or any C2SP witness, is asked with. `old_size`: what it cosigned
// last, 0 where nothing. refused "size-out-of-range".
[[nodiscard]] ledger::Result<std::string> request_of(
    const ledger::Reader& reader, const commands::PublishedCheckpoint& checkpoint,
    std::uint64_t old_size);

// Keeps the cosignature that stands in `text`, of whichever checkpoint it is, and answers that.
// Its verifier key is `verifier`, or that of a configured witness. refused "cosignature-unfit".
[[nodiscard]] ledger::Result<ledger::CheckpointWitnessed> keep_cosignature(
    ledger::Store& store, ledger::Clock& clock, const ledger::Context& context,
    const Configuration& configuration, const std::optional<std::string>& verifier,
    const std::string& text);

}  // namespace tools::varve
