#include "commands/other_history.hpp"

#include "commands/imported_rows.hpp"
#include "commands/review.hpp"
#include "ledger/digest.hpp"
#include "ledger/listed.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::GateVerdict;
using ledger::Result;
using ledger::Version;
using migrations::bookkeeping::Entry;
using migrations::bookkeeping::History;
using migrations::bookkeeping::Wanted;

namespace {

constexpr std::size_t versions_named_max = 10;
constexpr const char* help =
    "take it over: varve import --dry-run shows what it is, varve import does so; to go on all the "
    "same, as if none of it were there: --despite-history --reason WHY";
constexpr const char* ambiguous_help =
    "say which is this folder's, and take it over: varve import --table SCHEMA.NAME; where none "
    "is: --despite-history --reason WHY";
constexpr const char* unread_help =
    "let the role read it, so that it can be told whether it is about these migrations; where it "
    "is not, or to go on all the same: --despite-history --reason WHY";
constexpr const char* lost_help =
    "let the role read it, or drop it once the tool is gone; to go on all the same: "
    "--despite-history --reason WHY";
constexpr const char* unknown_help =
    "was the folder renumbered, squashed, or is it another one? varve import --dry-run shows what "
    "is applied; where that table is about other migrations: --despite-history --reason WHY";

// The folder's files may be gone by now: the entries alone are asked.
std::string last_version(const History& history) {
    std::string last;
    for (const Entry& entry : history.entries)
        if (entry.migration != nullptr && migrations::compare_dotted(entry.version.text, last) >= 0)
            last = entry.version.text;
    return last.empty() ? "V" : last;
}

// Of a tool that is only known by its table: what it has applied is for a person to say.
std::string baseline_help(const History& history) {
    return "take it over: varve baseline " + last_version(history) +
           " --reason WHY counts everything up to that version, the last of this folder that " +
           history.tool +
           " has applied, as applied; to go on all the same, as if none of it were there: "
           "--despite-history --reason WHY";
}

std::string help_on(const History& history) {
    const auto* tool = migrations::bookkeeping::find_tool(history.tool);
    return tool != nullptr && !tool->is_imported ? baseline_help(history) : help;
}

// What an import is refused for is mended before it.
std::string help_on(const ledger::Error& unfinished) {
    return unfinished.code == Code::refused ? unfinished.help + "; then " + help : help;
}

struct Obstacle {
    std::string detail;
    std::string help;
    std::string reason{"history-elsewhere"};
};

// What failed, was cancelled or is said not to be there has left nothing; what was rolled back
// tells that this ledger has been at it.
bool is_new_to_ledger(const projections::TargetState& state) {
    using projections::State;
    return std::all_of(state.migrations.begin(), state.migrations.end(), [](const auto& each) {
        const auto& known = each.second;
        return !known.applied && !known.resumption &&
               (known.state == State::failed || known.state == State::pending);
    });
}

Obstacle obstacle(const projections::CutOffTakeover& cut_off) {
    const std::string count = std::to_string(cut_off.missing_count);
    return {(cut_off.baseline ? "the baseline \"" + cut_off.baseline->text + "\" was"
                              : std::string{"the import of another tool's history was"}) +
                " cut off: " + count +
                (cut_off.missing_count == 1 ? " migration that is" : " migrations that are") +
                " applied would be run again",
            "finish it: " + finishing_command(cut_off) +
                "; to go on all the same, as if they were not there: --despite-history "
                "--reason WHY",
            "takeover-cut-off"};
}

std::optional<Obstacle> obstacle(const ledger::Error& error) {
    if (error.reason == "import-table-missing") return std::nullopt;
    if (error.reason == "import-ambiguous")
        return Obstacle{"another tool has kept its history here: " + error.detail, ambiguous_help};
    return Obstacle{"another tool has kept its history here, and it cannot be told what it says: " +
                        error.detail,
                    unread_help};
}

// What stands in the way; nothing: nothing does.
std::optional<Obstacle> obstacle(const History& history) {
    if (history.unfinished)
        return Obstacle{"another tool has kept its history here: " + history.unfinished->detail,
                        help_on(*history.unfinished)};
    const auto count = std::count_if(history.entries.begin(), history.entries.end(),
                                     [](const Entry& entry) { return entry.migration != nullptr; });
    const std::string says = history.tool + " says in " + history.table + " that it has applied ";
    if (count > 0)
        return Obstacle{says + std::to_string(count) +
                            " of these migrations, and this ledger knows nothing of it",
                        help_on(history)};
    if (!history.is_of_layout || history.entries.empty()) return std::nullopt;
    const auto others = std::count_if(history.entries.begin(), history.entries.end(),
                                      [](const Entry& entry) { return !entry.is_baseline; });
    if (others == 0) return std::nullopt;
    return Obstacle{says + (others == 1 ? "1 migration" : std::to_string(others) + " migrations") +
                        ", and the folder, which is in its layout, has none of them",
                    unknown_help};
}

// Its rows cannot be held against files, or are none of theirs: whoever knows it may be told.
std::optional<GateVerdict> note_on(const History& history) {
    const auto* tool = migrations::bookkeeping::find_tool(history.tool);
    if (tool == nullptr || tool->is_imported || history.entries.empty()) return std::nullopt;
    return GateVerdict{"history", true,
                       history.tool + " keeps a history in " + history.table +
                           ", in which no migration of this folder was found; where it has applied "
                           "some, varve baseline V --reason WHY comes first"};
}

bool is_as_imported(const History& history, const projections::TargetState& state) {
    return state.imported && ledger::sha256(history.rows) == state.imported->rows;
}

std::optional<Obstacle> obstacle_above(const History& history,
                                       const projections::TargetState& state,
                                       const std::vector<Version>& above) {
    if (history.unfinished && !is_as_imported(history, state)) return obstacle(history);
    std::vector<std::string> versions;
    for (const Entry& entry : history.entries)
        if (entry.migration != nullptr &&
            std::find(above.begin(), above.end(), entry.version) != above.end())
            versions.push_back(entry.version.text);
    if (versions.empty()) return std::nullopt;
    return Obstacle{history.tool + " says in " + history.table +
                        " that it has applied what is above this baseline, and would be applied "
                        "again: " +
                        ledger::listed(versions, versions_named_max),
                    help_on(history)};
}

std::string unread(const projections::ImportedHistory& imported) {
    return "the history of " + imported.tool + " in " + imported.table +
           " was imported, and cannot be read now";
}

// Who deploys may be a lesser role than who has imported.
std::optional<GateVerdict> note_on(const ledger::Error& error,
                                   const projections::TargetState& state) {
    if (!state.imported || error.reason != "permission-denied") return std::nullopt;
    return GateVerdict{"history", true,
                       unread(*state.imported) +
                           ", so that nobody is told what that tool does since: GRANT SELECT on "
                           "it, or drop it once the tool is gone"};
}

std::optional<Obstacle> obstacle(const ledger::Error& error,
                                 const projections::TargetState& state) {
    if (!state.imported || error.reason == "import-table-missing") return obstacle(error);
    return Obstacle{unread(*state.imported) + ": " + error.detail, lost_help};
}

Result<std::optional<GateVerdict>> verdict_on(const std::optional<Obstacle>& found, bool despite) {
    if (!found) return std::nullopt;
    if (!despite) return fail(Code::refused, found->reason, found->detail, found->help);
    return GateVerdict{"history", true, std::string{forced_prefix} + ": " + found->detail};
}

std::string undone_help(const std::vector<std::string>& undone) {
    return "this ledger has undone " + ledger::listed(undone, versions_named_max) +
           ", or a part of it: where the other tool has applied it since, say so (varve resolve "
           "VERSION --mark-applied --reason WHY); where its row is an old one, take that out of "
           "the table; then " +
           help;
}

// What has come to a history since it was imported. What it had not finished by then was decided.
std::optional<Obstacle> obstacle_since(const History& history,
                                       const projections::TargetState& state) {
    if (is_as_imported(history, state)) return std::nullopt;
    const std::string from =
        history.table == state.imported->table ? "" : ", from " + state.imported->table;
    const std::string since = "since the history of " + history.tool + " in " + history.table +
                              " was imported" + from + ", it has ";
    if (history.unfinished)
        return Obstacle{
            since + "changed, and has something unfinished: " + history.unfinished->detail,
            help_on(*history.unfinished)};
    std::vector<std::string> versions;
    std::vector<std::string> undone;
    for (const Entry& entry : history.entries) {
        const auto* known = known_as(state, entry);
        if (entry.migration == nullptr) continue;
        if (known != nullptr && (known->applied || is_stale(*known, entry))) continue;
        versions.push_back(entry.version.text);
        if (known != nullptr && contradicts(*known, entry)) undone.push_back(entry.version.text);
    }
    if (versions.empty()) return std::nullopt;
    return Obstacle{since + "got more, which count there as applied: " +
                        ledger::listed(versions, versions_named_max),
                    undone.empty() ? help : undone_help(undone)};
}

// Whether it has every row that was imported: it was moved, or renamed, and is no other's.
bool is_continued(const History& history, const projections::TargetState& state) {
    std::map<const projections::MigrationState*, std::optional<std::int64_t>> rows;
    for (const Entry& entry : history.entries)
        if (const auto* known = known_as(state, entry)) rows[known] = entry.applied_at_us;
    return std::all_of(state.migrations.begin(), state.migrations.end(), [&](const auto& each) {
        const auto& imported = each.second.imported;
        const auto row = rows.find(&each.second);
        return !imported || (row != rows.end() && row->second == imported->applied_at_us);
    });
}

// What was imported, wherever it is by now; import-table-missing where it is nowhere.
Result<History> read_here_or_moved(const ReadOtherHistory& read, const Wanted& wanted,
                                   const projections::TargetState& state) {
    auto history = read(wanted);
    if (history || !state.imported || history.error().reason != "import-table-missing")
        return history;
    auto other = read({state.imported->tool, std::nullopt});
    if (!other && other.error().code == Code::unavailable) return other;
    return other && is_continued(*other, state) ? std::move(other) : std::move(history);
}

template <class Judge>
Result<std::optional<GateVerdict>> check(const ReadOtherHistory& read,
                                         const projections::TargetState& state, bool despite,
                                         const Judge& judge) {
    const auto wanted = history_to_ask(state);
    if (!read || !wanted) return std::nullopt;
    const auto history = read_here_or_moved(read, *wanted, state);
    if (!history && history.error().code == Code::unavailable) return fail(history.error());
    if (history) {
        const auto obstacle = judge(*history);
        return obstacle || state.imported ? verdict_on(obstacle, despite) : note_on(*history);
    }
    if (auto note = note_on(history.error(), state)) return note;
    return verdict_on(obstacle(history.error(), state), despite);
}

}  // namespace

std::string finishing_command(const projections::CutOffTakeover& cut_off) {
    if (!cut_off.baseline) return "varve import";
    return "varve baseline " + cut_off.baseline->text + " --reason WHY";
}

std::optional<migrations::bookkeeping::Wanted> history_to_ask(
    const projections::TargetState& state) {
    if (state.imported) return Wanted{state.imported->tool, state.imported->table};
    return is_new_to_ledger(state) ? std::optional{Wanted{}} : std::nullopt;
}

Result<std::optional<GateVerdict>> check_other_history(const ReadOtherHistory& read,
                                                       const projections::TargetState& state,
                                                       bool despite) {
    if (state.cut_off) return verdict_on(obstacle(*state.cut_off), despite);
    return check(read, state, despite, [&](const History& history) {
        return state.imported ? obstacle_since(history, state) : obstacle(history);
    });
}

Result<std::optional<GateVerdict>> check_history_above(const ReadOtherHistory& read,
                                                       const projections::TargetState& state,
                                                       const std::vector<Version>& above,
                                                       bool despite) {
    return check(read, state, despite,
                 [&](const History& history) { return obstacle_above(history, state, above); });
}

}  // namespace commands
