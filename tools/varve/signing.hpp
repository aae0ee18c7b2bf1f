// tools/varve/signing.hpp: signs what a command has appended, and gives the checkpoint away.
//
// Order    the ledger's keys from the read models, the private ones from their files, the witnesses
//          of the configuration; then commands::sign_checkpoint().
// Trust    failing to sign or to publish is a warning for who runs migrations: what they did
// stands.
#pragma once

#include "adapters/postgres/left_session.hpp"
#include "adapters/postgres/witness_table.hpp"
#include "commands/sign_checkpoint.hpp"
#include "ledger/clock.hpp"
#include "ledger/store.hpp"
#include "projections/row_store.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/key_files.hpp"
#include "tools/varve/ledger_session.hpp"

#include <memory>
#include <vector>

namespace tools::varve {

using Witnesses = std::vector<std::unique_ptr<commands::CheckpointWitness>>;

// The folder, where the configuration names one; the target, where a session to it was left.
[[nodiscard]] Witnesses witnesses_beside_a_run(const Configuration& configuration,
                                               adapters::postgres::LeftSession& left);
// Every one that can be reached from here: the target in a session of its own.
[[nodiscard]] Witnesses all_witnesses(const Configuration& configuration,
                                      adapters::postgres::CheckDatabase check = {});
// The same for who gives them a checkpoint: nothing goes to a database that is not the target's as
// the ledger has it, nor to one of a target that it does not know: the first run does that. All
// that is named has to outlive them.
[[nodiscard]] Witnesses witnesses_to_give(const Configuration& configuration,
                                          const ledger::Reader& reader,
                                          projections::RowStore& rows);

struct SigningWork {
    const Configuration& configuration;
    ledger::Store& store;
    projections::RowStore& rows;
    ledger::Clock& clock;
    ledger::Context context;
    Passphrase& passphrase;
    Witnesses witnesses{};
    bool records_at_once{};  // who holds it
};

struct Signed {
    commands::SigningReport report;
    std::vector<ledger::Error> key_problems;  // of keys that did not sign
};
[[nodiscard]] ledger::Result<Signed> sign_now(const SigningWork& work);

// Whether target and folder have seen what the ledger is, as before signing; signs nothing.
[[nodiscard]] ledger::Result<commands::SigningReport> check_newest(const SigningWork& work);

// The newest checkpoint once more to every witness.
[[nodiscard]] ledger::Result<commands::SigningReport> publish_again(const SigningWork& work);

// The keys, after the read models were brought level.
[[nodiscard]] ledger::Result<projections::LedgerKeys> current_keys(const ledger::Reader& reader,
                                                                   projections::RowStore& rows);

// For a command that has done something else: whatever is wrong is a warning.
void sign_after(const SigningWork& work, const Console& console);
// The same for one that had no target.
void sign_after(LedgerSession& session, const Configuration& configuration, const Console& console);
// Where a key file is at hand; without one, nothing is signed, and nothing said.
void sign_where_key(LedgerSession& session, const Configuration& configuration,
                    const Console& console);
// The same for a command that has closed the ledger.
void sign_where_key(const Invocation& invocation, const Configuration& configuration,
                    const Console& console);

void warn_of(const Console& console, const std::string& what, const ledger::Error& error);
void warn_of_unread(const commands::SigningReport& report, const Console& console);

// Whether somebody sits there who can type a passphrase.
[[nodiscard]] bool has_terminal();

}  // namespace tools::varve
