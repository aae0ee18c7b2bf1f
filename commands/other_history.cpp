#include "commands/other_history.hpp"

#include "commands/review.hpp"

#include <algorithm>
#include <string>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using migrations::bookkeeping::Entry;
using migrations::bookkeeping::History;

namespace {

constexpr const char* help =
    "take it over: varve import --dry-run shows what it is, varve import does so; to apply them "
    "all the same: --despite-history --reason WHY";

// What stands in the way, in words; empty: nothing does.
std::string obstacle(const Result<History>& history) {
    if (!history) {
        const std::string& reason = history.error().reason;
        const bool is_found = reason == "import-unfinished" || reason == "import-ambiguous";
        return is_found ? "another tool has kept its history here: " + history.error().detail : "";
    }
    const auto count = std::count_if(history->entries.begin(), history->entries.end(),
                                     [](const Entry& entry) { return entry.migration != nullptr; });
    if (count == 0) return "";
    return history->tool + " says in " + history->table + " that it has applied " +
           std::to_string(count) + " of these migrations, and this ledger knows nothing of it";
}

}  // namespace

bool is_new_to_ledger(const projections::TargetState& state) {
    return std::all_of(state.migrations.begin(), state.migrations.end(), [](const auto& each) {
        return each.second.state == projections::State::failed && !each.second.applied;
    });
}

Result<std::optional<ledger::GateVerdict>> check_other_history(const ReadOtherHistory& read,
                                                               bool despite) {
    const std::string found = obstacle(read());
    if (found.empty()) return std::nullopt;
    if (!despite) return fail(Code::refused, "history-elsewhere", found, help);
    return ledger::GateVerdict{"history", true, std::string{forced_prefix} + ": " + found};
}

}  // namespace commands
