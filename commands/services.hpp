// commands/services.hpp: everything a command acts through, wired by hand in main().
//
// Owns  nothing; all of it outlives the command.
#pragma once

#include "commands/checkpoint_witness.hpp"
#include "commands/interruption.hpp"
#include "commands/ports.hpp"
#include "commands/progress.hpp"
#include "ledger/clock.hpp"
#include "ledger/store.hpp"
#include "projections/row_store.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace commands {

using Connect = std::function<ledger::Result<std::unique_ptr<TargetDatabase>>()>;

// Work of somebody else that goes on until this is destroyed.
class Companion {
public:
    virtual ~Companion() = default;
};

struct Services {
    ledger::Store& store;
    projections::RowStore& rows;
    ledger::Clock& clock;
    Interruption& interruption;
    Progress& progress;
    Connect connect;
    ledger::Context context;
    // Called where a run's steps begin, and kept until they have ended: meanwhile no command
    // touches the rows. Empty: nobody goes along.
    std::function<std::unique_ptr<Companion>()> accompany{};
};

// What every command that may write to a target is told.
struct TargetRequest {
    ledger::Target target;
    std::string marker_schema{"varve"};
    std::chrono::milliseconds lock_wait{std::chrono::seconds{60}};
    std::chrono::milliseconds fence_wait{std::chrono::seconds{30}};
    // What a person says of a statement in doubt, where the catalog cannot tell.
    std::optional<CatalogVerdict> statement_in_doubt{};
    // A person says that the target is the database that answers, whichever it was before.
    bool adopts_database{};
    // Who holds the ledger's checkpoints beside the target, and is near enough to be asked before
    // anything is changed; null where nobody does.
    std::shared_ptr<CheckpointWitness> beside{};
};

}  // namespace commands
