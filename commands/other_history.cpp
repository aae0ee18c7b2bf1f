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
constexpr const char* unread_help =
    "let the role read it, so that it can be told whether it is about these migrations; where it "
    "is not, or to apply them all the same: --despite-history --reason WHY";
constexpr const char* unknown_help =
    "was the folder renumbered, squashed, or is it another one? varve import --dry-run shows what "
    "is applied; where that table is about other migrations: --despite-history --reason WHY";

struct Obstacle {
    std::string detail;
    const char* help{};
};

std::optional<Obstacle> obstacle(const ledger::Error& error) {
    if (error.reason == "import-table-missing") return std::nullopt;
    if (error.reason == "import-unfinished" || error.reason == "import-ambiguous")
        return Obstacle{"another tool has kept its history here: " + error.detail, help};
    return Obstacle{"another tool has kept its history here, and it cannot be told what it says: " +
                        error.detail,
                    unread_help};
}

// What stands in the way; nothing: nothing does.
std::optional<Obstacle> obstacle(const History& history) {
    const auto count = std::count_if(history.entries.begin(), history.entries.end(),
                                     [](const Entry& entry) { return entry.migration != nullptr; });
    const std::string says = history.tool + " says in " + history.table + " that it has applied ";
    if (count > 0)
        return Obstacle{says + std::to_string(count) +
                            " of these migrations, and this ledger knows nothing of it",
                        help};
    if (!history.is_of_layout || history.entries.empty()) return std::nullopt;
    const std::size_t others = history.entries.size();
    return Obstacle{says + (others == 1 ? "1 migration" : std::to_string(others) + " migrations") +
                        ", and the folder, which is in its layout, has none of them",
                    unknown_help};
}

}  // namespace

bool is_new_to_ledger(const projections::TargetState& state) {
    return std::all_of(state.migrations.begin(), state.migrations.end(), [](const auto& each) {
        return each.second.state == projections::State::failed && !each.second.applied;
    });
}

Result<std::optional<ledger::GateVerdict>> check_other_history(const ReadOtherHistory& read,
                                                               bool despite) {
    const auto history = read();
    if (!history && history.error().code == Code::unavailable) return fail(history.error());
    const auto found = history ? obstacle(*history) : obstacle(history.error());
    if (!found) return std::nullopt;
    if (!despite) return fail(Code::refused, "history-elsewhere", found->detail, found->help);
    return ledger::GateVerdict{"history", true, std::string{forced_prefix} + ": " + found->detail};
}

}  // namespace commands
