#include "commands/reconcile.hpp"

#include "ledger/listed.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace commands {

using ledger::MigrationKind;
using ledger::Version;
using migrations::Folder;
using migrations::Migration;
using projections::MigrationState;
using projections::State;
using projections::TargetState;

namespace {

constexpr std::size_t differences_named_max = 5;

std::string first_characters(const ledger::Digest& digest) {
    return ledger::hex(digest).substr(0, 12);
}

bool is_pending(const MigrationState* state, const Migration& migration) {
    if (state == nullptr) return true;
    if (state->resumption) return state->resumption->direction == ledger::Direction::up;
    if (!state->applied) return true;
    return migration.kind == MigrationKind::repeatable &&
           state->applied->digest != migration.up.digest;
}

// The newest baseline; of a target that has a history, the newest that was applied there.
const Migration* baseline_for(const TargetState& state, const Folder& folder) {
    const bool fresh = state.applied_order.empty();
    const Migration* newest = nullptr;
    for (const Migration& migration : folder.migrations)
        if (migration.kind == MigrationKind::baseline &&
            (fresh || state.application_of(migration.version) != nullptr))
            newest = &migration;
    return newest;
}

std::string with_line_ends(std::string_view text, std::string_view end) {
    std::string made;
    for (const char character : text) {
        if (character == '\r') continue;
        character == '\n' ? static_cast<void>(made.append(end)) : made.push_back(character);
    }
    return made;
}

// Whether the text as it was applied is this one, but for what editors and Git change by
// themselves.
bool is_same_text(std::string_view bytes, const ledger::Digest& applied) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (bytes.starts_with(mark)) bytes.remove_prefix(mark.size());
    for (const std::string_view end : {"\n", "\r\n"}) {
        const std::string text = with_line_ends(bytes, end);
        if (ledger::sha256(text) == applied) return true;
        if (ledger::sha256(std::string{mark} + text) == applied) return true;
    }
    return false;
}

// What cannot be read is said to be that, and has no text to be held against another.
bool is_unreadable(const Folder& folder, const migrations::Script& script) {
    return script.is_unread && script.bytes.empty() &&
           std::any_of(folder.diagnostics.begin(), folder.diagnostics.end(),
                       [&](const migrations::Diagnostic& each) {
                           return each.rule == "unreadable" && each.file == script.path;
                       });
}

void find_changed(const TargetState& state, const Folder& folder, std::vector<Difference>& found) {
    for (const Migration& migration : folder.migrations) {
        const MigrationState* known = state.find(migration.version);
        if (known == nullptr || !known->applied || migration.kind == MigrationKind::repeatable)
            continue;
        if (known->applied->digest == migration.up.digest || is_unreadable(folder, migration.up))
            continue;
        found.push_back({DifferenceKind::changed, migration.version,
                         migration.up.path + " has changed since it was applied" +
                             (is_same_text(migration.up.bytes, known->applied->digest)
                                  ? ", in its line ends or byte order mark alone"
                                  : "") +
                             " (is " + first_characters(migration.up.digest) +
                             ", was content:" + ledger::hex(known->applied->digest) + ")"});
        found.back().applied = known->applied->digest;
    }
}

// A file with the very text of what is applied, under a version that is not: renamed, most likely.
// Each stands for one alone: of two with the same text, the first for the first.
class RenamedFiles {
public:
    RenamedFiles(const TargetState& state, const Folder& folder) : state_{state}, folder_{folder} {}

    const Migration* take(const ledger::Digest& applied) {
        const auto found = std::find_if(
            folder_.migrations.begin(), folder_.migrations.end(), [&](const Migration& each) {
                return each.up.digest == applied && each.kind != MigrationKind::repeatable &&
                       state_.application_of(each.version) == nullptr && !taken_.contains(&each);
            });
        if (found == folder_.migrations.end()) return nullptr;
        taken_.insert(&*found);
        return &*found;
    }

private:
    const TargetState& state_;
    const Folder& folder_;
    std::unordered_set<const Migration*> taken_;
};

Difference missing(const TargetState& state, RenamedFiles& renamed, const Version& version) {
    const ledger::Digest& applied = state.migrations.at(version).applied->digest;
    Difference difference{
        DifferenceKind::missing, version,
        "\"" + version.text +
            "\" is applied, but its file is gone (was content:" + ledger::hex(applied) + ")"};
    difference.applied = applied;
    const Migration* now = renamed.take(applied);
    if (now == nullptr) return difference;
    difference.renamed_to = now->version;
    difference.detail += ": was it renamed? " + now->up.path + " has the same text";
    difference.help =
        "give each file its old name; or say that it is one and the same: varve resolve --all "
        "--kind missing --mark-applied --reason ...; with --adopt it is run again";
    return difference;
}

void find_missing(const TargetState& state, const Folder& folder, std::vector<Difference>& found) {
    std::unordered_set<std::string_view> present;
    present.reserve(folder.migrations.size());
    for (const Migration& migration : folder.migrations) present.insert(migration.version.text);
    RenamedFiles renamed{state, folder};
    for (const Version& version : state.applied_order) {
        if (present.contains(version.text) || version.text.starts_with("R__")) continue;
        if (state.migrations.at(version).absence_accepted) continue;
        found.push_back(missing(state, renamed, version));
    }
    for (const auto& [version, migration] : state.migrations)
        if (migration.resumption && migration.resumption->statements_done > 0 &&
            !migration.applied && !present.contains(version.text))
            found.push_back({DifferenceKind::missing, version,
                             "\"" + version.text + "\" is applied in part, but its file is gone"});
}

// An applied migration whose file is gone has its place by its number alone.
std::optional<std::string> later_without_file(const TargetState& state, const Folder& folder,
                                              const Version& version) {
    const auto number = migrations::number_of(version.text);
    if (!number) return std::nullopt;
    for (const Version& applied : state.applied_order) {
        const auto other = migrations::number_of(applied.text);
        if (!other || migrations::compare_dotted(*other, *number) <= 0) continue;
        const auto same = [&](const Migration& each) { return each.version == applied; };
        if (std::none_of(folder.migrations.begin(), folder.migrations.end(), same))
            return "\"" + applied.text + "\"";
    }
    return std::nullopt;
}

void find_out_of_order(const TargetState& state, const Folder& folder,
                       const std::vector<Pending>& pending, std::vector<Difference>& found) {
    if (pending.empty()) return;
    const Migration* newest = nullptr;
    for (const Migration& migration : folder.migrations)
        if (migration.kind != MigrationKind::repeatable &&
            state.application_of(migration.version) != nullptr)
            newest = &migration;
    for (const Pending& item : pending) {
        const MigrationState* known = state.find(item.migration->version);
        if (item.migration->kind == MigrationKind::repeatable) continue;
        if (known != nullptr && (known->resumption || known->lateness_accepted)) continue;
        const auto later = newest != nullptr && item.migration <= newest
                               ? std::optional{newest->up.path}
                               : later_without_file(state, folder, item.migration->version);
        if (!later) continue;
        const bool undone = known != nullptr && known->state == State::rolled_back;
        found.push_back(
            {DifferenceKind::out_of_order, item.migration->version,
             item.migration->up.path +
                 (undone ? " was rolled back and is pending again, but " : " is pending, but ") +
                 *later + ", which comes after it, is applied"});
    }
}

std::vector<Difference> differences_of(const TargetState& state, const Folder& folder,
                                       const std::vector<Pending>& pending) {
    std::vector<Difference> found;
    find_changed(state, folder, found);
    find_missing(state, folder, found);
    find_out_of_order(state, folder, pending, found);
    return found;
}

std::string help_for(DifferenceKind kind, bool is_text_lost) {
    const std::string text = is_text_lost ? " (the ledger does not have its text)"
                                          : " (varve show content:... has its text)";
    switch (kind) {
        case DifferenceKind::changed:
            return "put the file back as it was" + text +
                   ", and write a new migration for what it should do; where it is to be undone "
                   "and "
                   "run anew, as one that held no statement yet: varve rollback --only VERSION, "
                   "then varve run; or accept it: varve resolve VERSION --accept-digest --reason "
                   "...";
        case DifferenceKind::missing:
            return "put the file back" + text +
                   "; or let it stay away: varve resolve VERSION --adopt --reason ...";
        case DifferenceKind::out_of_order:
            return "give the file a newer version, run with --out-of-order, or decide on it: "
                   "varve resolve VERSION --adopt (or --mark-applied) --reason ...; one that was "
                   "rolled back for good: take its files away, the ledger keeps them";
        case DifferenceKind::behind:
            return "is it the right database? then look whether it is there, all of it, and say "
                   "so: varve resolve VERSION --mark-applied (or --mark-unapplied, to run it "
                   "again) --reason ...";
        case DifferenceKind::ahead:
            return "use the ledger that wrote those markers; where it is another project's that "
                   "had "
                   "the database first, give this one a marker_schema of its own; or take them "
                   "over: varve "
                   "resolve --all --kind ahead --adopt --reason ...";
        case DifferenceKind::cloned:
            return "if the copy is to be this target from now on: varve resolve --all --kind "
                   "cloned --adopt --reason ...; where logical replication has copied the markers: "
                   "leave their schema out of the publication; otherwise give it an environment "
                   "and a ledger of its own";
        case DifferenceKind::in_doubt:
        case DifferenceKind::none:
            break;
    }
    return "";
}

}  // namespace

std::string_view to_text(DifferenceKind kind) {
    switch (kind) {
        case DifferenceKind::changed:
            return "changed";
        case DifferenceKind::missing:
            return "missing";
        case DifferenceKind::out_of_order:
            return "out-of-order";
        case DifferenceKind::behind:
            return "behind";
        case DifferenceKind::ahead:
            return "ahead";
        case DifferenceKind::cloned:
            return "cloned";
        case DifferenceKind::in_doubt:
            return "in-doubt";
        case DifferenceKind::none:
            return "none";
    }
    return "unknown";
}

std::string help_of(const Difference& difference) {
    return difference.help.empty() ? help_for(difference.kind, difference.is_text_lost)
                                   : difference.help;
}

std::vector<Pending> pending_of(const TargetState& state, const Folder& folder) {
    const Migration* baseline = baseline_for(state, folder);
    std::vector<Pending> pending;
    for (const Migration& migration : folder.migrations) {
        const bool replaced = baseline != nullptr && migration.kind != MigrationKind::repeatable &&
                              &migration < baseline;
        if (replaced || (migration.kind == MigrationKind::baseline && &migration != baseline))
            continue;
        const MigrationState* known = state.find(migration.version);
        if (!is_pending(known, migration)) continue;
        const bool resumed = known != nullptr && known->resumption &&
                             known->resumption->direction == ledger::Direction::up;
        pending.push_back({&migration, resumed ? known->resumption->statements_done : 0});
    }
    return pending;
}

std::vector<Difference> file_differences(const TargetState& state, const Folder& folder) {
    return differences_of(state, folder, pending_of(state, folder));
}

bool is_up_to_date(const TargetState& state, const Folder& folder) {
    if (state.open_attempt) return false;
    const auto pending = pending_of(state, folder);
    return pending.empty() && differences_of(state, folder, pending).empty();
}

std::vector<Difference> with_lost_texts(const ledger::Reader& reader,
                                        std::vector<Difference> differences) {
    for (Difference& difference : differences) {
        if (!difference.applied) continue;
        const auto content = reader.content(*difference.applied);
        difference.is_text_lost = content && !*content;
    }
    return differences;
}

Reconciliation reconcile(const Standing& standing, const Folder& folder) {
    Reconciliation answer;
    answer.pending = pending_of(standing.state, folder);
    answer.differences = differences_of(standing.state, folder, answer.pending);
    auto shown = target_differences(standing);
    std::move(shown.begin(), shown.end(), std::back_inserter(answer.differences));
    return answer;
}

namespace {

// What to do about each kind that is among them; what is said of one alone comes once, too.
std::string help_for(const std::vector<const Difference*>& differences) {
    std::vector<std::pair<DifferenceKind, std::string>> helps;
    for (const Difference* difference : differences) {
        const std::pair help{difference->kind, help_of(*difference)};
        const bool is_named = !difference->help.empty() && helps.size() >= differences_named_max;
        if (!is_named && std::find(helps.begin(), helps.end(), help) == helps.end())
            helps.push_back(help);
    }
    if (helps.size() == 1) return helps.front().second;
    std::string all;
    for (const auto& [kind, help] : helps)
        all += (all.empty() ? "" : "; ") + std::string{to_text(kind)} + ": " + help;
    return all;
}

}  // namespace

std::optional<ledger::Error> refusal(const std::vector<Difference>& differences,
                                     bool out_of_order_allowed) {
    std::vector<const Difference*> blocking;
    for (const Difference& difference : differences)
        if (difference.kind != DifferenceKind::out_of_order || !out_of_order_allowed)
            blocking.push_back(&difference);
    if (blocking.empty()) return std::nullopt;
    // Integrity weighs more than order: it decides the reason, and so the exit code.
    std::stable_partition(blocking.begin(), blocking.end(), [](const Difference* difference) {
        return difference->kind != DifferenceKind::out_of_order;
    });
    std::vector<std::string> details;
    for (const Difference* difference : blocking) details.push_back(difference->detail);

    const DifferenceKind kind = blocking.front()->kind;
    const bool order = kind == DifferenceKind::out_of_order;
    return ledger::Error{ledger::Code::refused,
                         order ? "out-of-order" : "difference-" + std::string{to_text(kind)},
                         ledger::listed(details, differences_named_max, "; "), help_for(blocking)};
}

}  // namespace commands
