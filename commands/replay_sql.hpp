// commands/replay_sql.hpp: the SQL that one target was given, again, from the ledger alone.
//
// Shape    every script whose effect stayed, in the order in which it was applied: ups, downs, and
//          of one that is not a transaction the statements that succeeded.
// Exact    texts are those that were sent: by the byte ranges that the events keep, else by
//          reading the kept script again.
// Adopted  what no attempt of ours applied (baseline, import, a decision) is represented by the
//          script that stands for it. Marked as not applied: what came before is left out where
//          nothing else needs it; else how it was undone is missing.
// Missing  a script whose content is not there says why; who replays must not go on without it.
// Doubt    what an attempt without an outcome may have done is missing likewise; so is what one
//          does that still runs.
#pragma once

#include "ledger/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commands {

struct ReplayedScript {
    ledger::Version version;
    std::string name;
    ledger::Direction direction{};
    ledger::Digest digest;                   // of the script's bytes as read
    std::optional<ledger::Digest> executed;  // of what was sent, where placeholders changed it
    std::string source;                      // "attempt"; "baseline", "import", "decision"
    bool transactional{};
    bool is_whole{};     // not: only the first or the last of its statements
    bool is_in_doubt{};  // then missing: until the attempt is settled nobody knows
    bool is_running{};   // then missing, too: only who told of it knows that it is alive
    std::uint32_t first_statement_index{};
    std::uint32_t end_statement_index{};
    std::uint32_t statement_count{};
    std::vector<std::string> statements;  // without those that begin and end the transaction
    std::uint64_t position{};             // of the event that says that it happened
    std::int64_t recorded_at_us{};
    ledger::Actor actor;
    std::optional<std::string> missing;   // why there is no SQL
    std::optional<std::string> left_out;  // why it is not to be run, though it once was
};

// As of the first `size` events.
[[nodiscard]] ledger::Result<std::vector<ReplayedScript>> replay_sql(const ledger::Reader& reader,
                                                                     const ledger::Target& target,
                                                                     std::uint64_t size);

// Of a process that has been at work on the target since then: what it has begun is not in doubt.
void tell_running(std::vector<ReplayedScript>& scripts, std::int64_t since_us);

// Leaves out an up script and its down script where both ran whole and all between them is left
// out too. Sound as far as a down script undoes what its up script did.
void leave_out_undone(std::vector<ReplayedScript>& scripts);

}  // namespace commands
