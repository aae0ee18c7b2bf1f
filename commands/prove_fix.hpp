// commands/prove_fix.hpp: whether a safer form of a script does the same, and is safer: tried, both
// of them, on two databases of one history.
//
// Proven   the same catalog in the end, no failure; on no table a stronger lock, and none held
//          longer; on at least one a weaker lock, or the same with less done under it.
//          Nothing dropped, no more built, nothing read where nothing was: the script as it is may
//          do nothing.
// Burden   of a table: each lock that keeps others waiting, and how often the table, or another,
//          was read or written whole while it was held. The strongest where two differ decides.
// Order    PostgreSQL's lock modes.
#pragma once

#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"
#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace commands {

struct Burden {
    // Scans, rewrites and index builds while a lock is held; the strongest first.
    std::map<LockMode, std::size_t, std::greater<>> work;
    bool operator==(const Burden&) const = default;
};
using Burdens = std::map<RelationName, Burden>;

// Of tables that were there before.
[[nodiscard]] Burdens burdens_of(const RehearsedScript& script);

struct Proof {
    bool is_proven{};
    bool is_as_heavy{};   // nothing is heavier, nothing lighter: its worth is not in locks
    std::string because;  // for people: "SHARE on orders becomes SHARE UPDATE EXCLUSIVE"
};

[[nodiscard]] Proof compare_burdens(const Burdens& before, const Burdens& after);

// One form of a script, tried.
struct TriedForm {
    RehearsedScript script;
    CatalogText catalog;
};

[[nodiscard]] ledger::Result<TriedForm> try_form(Shadow& shadow, const RehearsalOrder& order,
                                                 const migrations::Script& script);

[[nodiscard]] Proof prove_fix(const TriedForm& before, const TriedForm& after);

// Proves the fixes of a script's findings, one after the other, each upon those before it. What is
// not proven is no longer offered, and the finding's help says why; but for what does the same
// under the same locks, such as SET lock_timeout, which stays offered, unproven. Answers the edits
// of all that are proven, in lines and columns of the script's file.
[[nodiscard]] ledger::Result<std::vector<migrations::SuggestedEdit>> prove_fixes(
    Shadow& shadow, const RehearsalOrder& order, const migrations::Script& script,
    std::vector<migrations::Diagnostic>& findings);

// No fix of the file's is offered, and the findings' help says why.
void leave_unproven(std::vector<migrations::Diagnostic>& findings, const std::string& file,
                    const std::string& why);

}  // namespace commands
