// commands/held_note.hpp: whether a note that somebody holds is this ledger's word.
//
// Errors  of expect_ours: corrupt "note-malformed" and "checkpoint-malformed", "checkpoint-wrong"
//         (another origin, or not what its holder says it is), and those of ledger::verify_note
//         (refused "note-unverified": none of the keys has signed it).
#pragma once

#include "commands/checkpoint_witness.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

[[nodiscard]] ledger::Result<void> expect_ours(const HeldCheckpoint& held,
                                               const std::optional<std::string>& origin,
                                               const std::vector<ledger::Verifier>& keys);

}  // namespace commands
