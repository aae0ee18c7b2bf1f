#include "commands/reconcile.hpp"

#include "commands/progress_made.hpp"
#include "commands/renamed_files.hpp"
#include "commands/same_text.hpp"
#include "commands/without_file.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace commands {

using ledger::MigrationKind;
using ledger::Version;
using migrations::Folder;
using migrations::Migration;
using projections::MigrationState;
using projections::State;
using projections::TargetState;

namespace {

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

// What cannot be read is said to be that, and has no text to be held against another.
bool is_unreadable(const Folder& folder, const migrations::Script& script) {
    return script.is_unread && script.bytes.empty() &&
           std::any_of(folder.diagnostics.begin(), folder.diagnostics.end(),
                       [&](const migrations::Diagnostic& each) {
                           return each.rule == "unreadable" && each.file == script.path;
                       });
}

std::string how_changed(const Migration& migration, const ledger::Digest& applied) {
    return migration.up.path + " has changed since it was applied" +
           (is_same_text(migration.up.bytes, applied)
                ? ", in its line ends or byte order mark alone"
                : "") +
           " (is " + first_characters(migration.up.digest) +
           ", was content:" + ledger::hex(applied) + ")";
}

// To accept it would leave what is applied as that version without a file, and the next run may
// apply it again under another one.
void tell_whose_text(const RenamedFiles& renamed, const Migration& migration,
                     Difference& difference) {
    const Version* other = renamed.whose_text(migration);
    if (other == nullptr) return;
    difference.detail += ": it has the text that is applied as \"" + other->text + "\"";
    difference.help =
        "give each file its old name (varve show content:... has the text of one that is gone); a "
        "new migration comes after those that are applied";
}

Difference come_back(const TargetState& state, const MigrationState& known,
                     const Migration& migration) {
    const bool is_another = is_imported_text(state, known, migration.up).has_value();
    Difference difference{
        DifferenceKind::changed, migration.version,
        "\"" + migration.version.text + "\" was taken over as applied without a file, and " +
            migration.up.path +
            (is_another ? " is not what was applied, by the checksum that the other tool has kept"
                        : " has come since; the other tool keeps no checksum that would tell "
                          "whether it is what was applied")};
    difference.help =
        "look whether it does what was applied, and let it stand for that: varve resolve " +
        migration.version.text +
        " --accept-digest --reason ...; what is new has a version of its own";
    return difference;
}

void find_changed(const TargetState& state, const Folder& folder, const RenamedFiles& renamed,
                  std::vector<Difference>& found) {
    for (const Migration& migration : folder.migrations) {
        const MigrationState* known = state.find(migration.version);
        if (known == nullptr || !known->applied || migration.kind == MigrationKind::repeatable)
            continue;
        if (known->applied->digest == migration.up.digest || is_unreadable(folder, migration.up) ||
            renamed.now(migration.version) != nullptr)
            continue;
        if (is_without_file(*known)) {
            if (!is_imported_text(state, *known, migration.up).value_or(false))
                found.push_back(come_back(state, *known, migration));
            continue;
        }
        found.push_back({DifferenceKind::changed, migration.version,
                         how_changed(migration, known->applied->digest)});
        found.back().applied = known->applied->digest;
        tell_whose_text(renamed, migration, found.back());
    }
}

void tell_renamed(const Migration& now, bool is_in_chain, Difference& difference) {
    difference.is_in_chain = is_in_chain;
    difference.renamed_to = now.version;
    difference.detail += ": was it renamed? " + now.up.path + " has the same text";
    difference.help =
        "give each file its old name; or say that it is one and the same: varve resolve --all "
        "--kind missing --mark-applied --reason ...";
    if (!difference.is_in_chain) difference.help += "; with --adopt it is run again";
}

Difference missing(const MigrationState& known, const Migration* file, const Version& version) {
    const ledger::Digest& applied = known.applied->digest;
    const bool is_half_undone = known.resumption && known.resumption->is_half_undone();
    Difference difference{DifferenceKind::missing, version,
                          "\"" + version.text + "\" is " +
                              (is_half_undone ? "undone in part" : "applied") +
                              ", but its file is gone" +
                              (file != nullptr ? " (" + file->up.path + " is another)" : "") +
                              " (was content:" + ledger::hex(applied) + ")"};
    difference.applied = applied;
    if (is_half_undone)
        difference.help =
            "finish it first, by the down script that the ledger keeps: varve rollback "
            "--only " +
            version.text + "; or put the file back";
    return difference;
}

// To run it would apply it twice.
Difference found_late(const TargetState& state, const Version& version, const Migration& now) {
    const auto& known = state.migrations.at(version);
    const bool is_same = is_imported_text(state, known, now.up).value_or(false);
    Difference difference{
        DifferenceKind::missing, version,
        "\"" + version.text + "\" was taken over as applied without a file, and " + now.up.path +
            ", which is pending, has " +
            (is_same ? "the checksum that the other tool has kept of it" : "the same number")};
    difference.renamed_to = now.version;
    difference.help =
        "say that it is one and the same: varve resolve --all --kind missing --mark-applied "
        "--reason ...; what is new has a number of its own";
    return difference;
}

// What is done of it can be gone on with by its file alone, so that one cannot stay away.
Difference missing_in_part(const projections::Resumption& stopped, const Version& version) {
    Difference difference{
        DifferenceKind::missing, version,
        "\"" + version.text + "\" is applied in part (" + progress_made(stopped) +
            "), but its file is gone (was content:" + ledger::hex(stopped.digest) + ")"};
    difference.applied = stopped.digest;
    difference.is_in_part = true;
    difference.help = "put the file back (varve show content:" + ledger::hex(stopped.digest) +
                      " has its text), and the next run goes on where it stopped; or undo by hand "
                      "what is done, and say so: varve resolve " +
                      version.text + " --mark-unapplied --reason ...";
    return difference;
}

void find_missing(const TargetState& state, const Folder& folder, const RenamedFiles& renamed,
                  std::vector<Difference>& found) {
    std::unordered_map<std::string_view, const Migration*> files;
    files.reserve(folder.migrations.size());
    for (const Migration& migration : folder.migrations)
        files.emplace(migration.version.text, &migration);
    for (const Version& version : state.applied_order) {
        const auto& known = state.migrations.at(version);
        const Migration* now = renamed.now(version);
        const auto file = files.find(version.text);
        if (version.text.starts_with("R__") || (file != files.end() && now == nullptr)) continue;
        if (now != nullptr && is_without_file(known)) {
            found.push_back(found_late(state, version, *now));
            continue;
        }
        if (known.absence_accepted) continue;
        found.push_back(missing(known, file == files.end() ? nullptr : file->second, version));
        const bool is_half_undone = known.resumption && known.resumption->is_half_undone();
        if (now == nullptr || is_half_undone) continue;
        const bool is_in_chain =
            file != files.end() || state.application_of(now->version) != nullptr;
        tell_renamed(*now, is_in_chain, found.back());
    }
    for (const auto& [version, migration] : state.migrations)
        if (migration.resumption && migration.resumption->has_effect() &&
            (!migration.applied || version.text.starts_with("R__")) &&
            !files.contains(version.text))
            found.push_back(missing_in_part(*migration.resumption, version));
}

// An applied migration whose file is gone has its place by its number alone.
std::optional<std::string> later_without_file(const TargetState& state, const Folder& folder,
                                              const Version& version) {
    const auto number = migrations::number_of(version.text);
    if (!number) return std::nullopt;
    for (const Version& applied : state.applied_order) {
        if (state.imported &&
            !migrations::bookkeeping::tells_place(state.imported->tool, applied.text))
            continue;
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
    const RenamedFiles renamed{state, folder};
    find_changed(state, folder, renamed, found);
    find_missing(state, folder, renamed, found);
    find_out_of_order(state, folder, pending, found);
    return found;
}

}  // namespace

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

}  // namespace commands
