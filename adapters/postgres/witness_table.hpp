// adapters/postgres/witness_table.hpp: a target as a witness: the table of the checkpoints that it
// has been given.
//
// Shape    "<schema>".checkpoint: ledger, size, root, note, seen_at; a row a checkpoint, only ever
//          added. Made where it is missing, by the first that publishes.
// Cost     one round trip to ask for the largest, one to publish.
// Durable  whatever synchronous_commit says.
// Trust    rows are what anybody with rights on the table has left: nothing in them is verified.
#pragma once

#include "adapters/postgres/left_session.hpp"
#include "commands/checkpoint_witness.hpp"
#include "commands/ports.hpp"

#include <functional>
#include <memory>
#include <string>

namespace adapters::postgres {

// Whether the database that answers may be asked at all: its error is told in place of an answer.
using CheckDatabase = std::function<ledger::Result<void>(const commands::ServerFacts&)>;

// In a session of its own, opened when it is first needed.
[[nodiscard]] std::unique_ptr<commands::CheckpointWitness> open_witness_table(
    const commands::SessionSettings& settings, const std::string& target, CheckDatabase check = {});

// In the session that a command has left; nothing where it has left none. It ends what was left
// there once it was given the checkpoint. `when_late` as of the settings.
[[nodiscard]] std::unique_ptr<commands::CheckpointWitness> witness_table_in(
    LeftSession& left, const std::string& marker_schema, const std::string& target,
    std::function<bool()> when_late = {});

}  // namespace adapters::postgres
