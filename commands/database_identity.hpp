// commands/database_identity.hpp: whether a target's name still stands for the database that the
// ledger knows.
//
// Pure     by the cluster's identifier and the database's oid: a name and an address may change.
// Refuses  in_doubt "database-differs": what an earlier command has left open is told by the
//          database it was left in, and by no other.
#pragma once

#include "commands/ports.hpp"
#include "commands/services.hpp"
#include "ledger/result.hpp"
#include "projections/target_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace commands {

[[nodiscard]] bool is_another(const ServerFacts& facts, const std::string& system_identifier,
                              std::uint32_t database_oid);

// False where the ledger has never seen the target.
[[nodiscard]] bool stands_for_another(const projections::TargetState& state,
                                      const ServerFacts& facts);

// What a command has seen of a database when it leaves it.
struct SeenDatabase {
    ServerFacts facts;
    std::optional<bool> has_markers;  // nothing: nobody has looked, or they may have changed since
};

// Whether a database that was left may be given the target's checkpoints. Not one that cannot take
// them; nor one that is another, or has only somebody else's markers, or none where this target's
// should be: its URL is wrong, or its schema has another name now, and nothing is made there.
[[nodiscard]] bool may_take_checkpoints(const projections::TargetState& state,
                                        const SeenDatabase& seen);

// The same of one that nobody has looked at so far: unavailable "witness-unreachable" where it is
// another.
[[nodiscard]] ledger::Result<void> check_witness(const projections::TargetState& state,
                                                 const ServerFacts& facts);

// How the sentence of another database begins. RunRefused events have it: it stays.
inline constexpr std::string_view in_another_database = "this is database ";

// Part of the sentence of a marker in a database that the target has left. RunRefused events have
// it: it stays.
inline constexpr std::string_view stands_elsewhere = " stands for another database now, ";

// How the sentence of a changed schema begins. DifferenceResolved events have it: it stays.
inline constexpr std::string_view in_another_schema = "its markers are in schema ";

// "this is database "shop" ..., and the target was database "shop_old" ...", with what tells them
// apart; or that its markers are in another schema than they are looked for in. "": neither.
[[nodiscard]] std::string describe_change(const projections::TargetState& state,
                                          const ServerFacts& facts,
                                          const std::string& marker_schema);

// An attempt, a run or markers owed, where it is another database than they belong to, or its
// markers are looked for in another schema than they were written to.
[[nodiscard]] ledger::Result<void> check_same_database(const projections::TargetState& state,
                                                       const ServerFacts& facts,
                                                       const TargetRequest& request);

}  // namespace commands
