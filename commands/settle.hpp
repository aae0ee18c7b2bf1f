// commands/settle.hpp: what a crash left in doubt, brought to the verdict that the target proves.
//
// Pure     verdict() decides from the ledger's open attempt, the marker and the catalog.
// Order    the marker is read behind the attempt's fence: pids and locks prove nothing.
// Records  AttemptSucceeded or AttemptFailed with `settled_from`; RunFinished or RollbackFinished
//          of the run that died; DifferenceResolved, where a person decided what the catalog could
//          not tell, or takes a target as it is whose marker table is gone.
// Errors   in_doubt "fence-held", "statement-in-doubt": nothing is appended, a person must look.
#pragma once

#include "commands/examination.hpp"
#include "commands/journal.hpp"
#include "commands/ports.hpp"
#include "commands/progress.hpp"
#include "commands/services.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace commands {

// What the target shows of an open attempt.
struct Evidence {
    std::optional<Marker> marker;
    // Of the first unfinished statement, where it ran outside any transaction.
    std::optional<CatalogVerdict> catalog;
    bool decided{};  // by a person, because the catalog could not tell
    std::optional<DoubtfulStatement> statement{};  // that one
    std::string look{};                            // where a person finds out, in words
    bool no_marker_table{};            // it is gone, and a person takes the target as it is
    std::vector<std::string> begun{};  // what the statement that did not happen has left half done
};

// AttemptSucceeded or AttemptFailed; in_doubt "statement-in-doubt" where nothing can tell.
[[nodiscard]] ledger::Result<ledger::Event> verdict(const ledger::Target& target,
                                                    const projections::OpenAttempt& attempt,
                                                    const Evidence& evidence);

// Finds the script that an attempt was running, by its digest; nothing where it cannot be had.
using FindScript =
    std::function<std::optional<migrations::Script>(const projections::OpenAttempt&)>;

struct Settlement {
    bool attempt_settled{};
    bool run_closed{};
    std::uint32_t owed_marker_count{};  // that the target was still owed, and has now
    std::optional<ledger::Event> verdict;
    bool decided{};  // on a person's word
    // That word where the marker table is gone: nothing of the attempt counts as applied.
    std::optional<ledger::DifferenceResolved> taken_as_is;
    // Applied by the run that died, in order, before the ledger had even their start: announced by
    // its plan (commands/announced.hpp), and proven by their markers.
    std::vector<projections::OpenAttempt> found;
};

// Under the target's run lock. Appends what it finds; does nothing where nothing is open.
[[nodiscard]] ledger::Result<Settlement> settle(Journal& journal, TargetDatabase& database,
                                                const projections::TargetState& state,
                                                const FindScript& find_script,
                                                const TargetRequest& request);

}  // namespace commands
