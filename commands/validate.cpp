#include "commands/validate.hpp"

#include "commands/reconcile.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string>

namespace commands {

using ledger::Result;
using migrations::Diagnostic;
using migrations::Folder;
using migrations::Severity;

namespace {

// Nothing of one whose file is gone: where it was nobody knows.
std::string file_of(const Folder& folder, const ledger::Version& version) {
    for (const migrations::Migration& migration : folder.migrations)
        if (migration.version == version) return migration.up.path;
    return "";
}

Diagnostic to_diagnostic(const Folder& folder, const Difference& difference) {
    Diagnostic diagnostic;
    diagnostic.severity = Severity::error;
    diagnostic.rule = to_text(difference.kind);
    diagnostic.message = difference.detail;
    diagnostic.file = file_of(folder, difference.version);
    diagnostic.help = {help_of(difference)};
    return diagnostic;
}

Diagnostic empty_script(const std::string& path) {
    Diagnostic diagnostic;
    diagnostic.severity = Severity::warning;
    diagnostic.rule = "script-empty";
    diagnostic.message =
        "it holds no statement beside BEGIN and COMMIT: a run changes nothing, and counts it as "
        "applied";
    diagnostic.file = path;
    diagnostic.help = {"write its SQL before it is run: what is written later does not run"};
    return diagnostic;
}

// What could not be read has no statements either.
bool has_error(const Folder& folder, const std::string& path) {
    return std::any_of(folder.diagnostics.begin(), folder.diagnostics.end(),
                       [&](const Diagnostic& each) {
                           return each.severity == Severity::error && each.file == path;
                       });
}

// Files that a run would begin with, or go on with.
std::set<std::string> files_to_run(const Folder& folder, const projections::TargetState& state) {
    std::set<std::string> files;
    for (const Pending& pending : pending_of(state, folder))
        files.insert(pending.migration->up.path);
    return files;
}

bool is_met(const Diagnostic& diagnostic, const std::set<std::string>& to_run) {
    return !diagnostic.concerns_running || to_run.contains(diagnostic.file);
}

using Blocks = std::function<bool(const Diagnostic&)>;

Result<void> check(const Folder& folder, const Blocks& blocks) {
    std::size_t count = 0;
    const Diagnostic* first = nullptr;
    for (const Diagnostic& diagnostic : folder.diagnostics) {
        if (diagnostic.severity != Severity::error || !blocks(diagnostic)) continue;
        if (first == nullptr) first = &diagnostic;
        ++count;
    }
    if (first == nullptr) return {};
    std::string detail = first->file;
    if (first->line != 0) detail += ":" + std::to_string(first->line);
    detail += ": " + first->message;
    if (count > 1) detail += " (and " + std::to_string(count - 1) + " more)";
    return ledger::fail(ledger::Code::refused, "validation-failed", std::move(detail),
                        "varve validate shows them all");
}

}  // namespace

std::vector<Diagnostic> validate(const Folder& folder, const projections::TargetState* state) {
    std::vector<Diagnostic> diagnostics = folder.diagnostics;
    auto empty = empty_scripts(folder, state);
    std::move(empty.begin(), empty.end(), std::back_inserter(diagnostics));
    if (state == nullptr) return diagnostics;
    std::erase_if(diagnostics, [to_run = files_to_run(folder, *state)](const Diagnostic& each) {
        return !each.concerns_down && !is_met(each, to_run);
    });
    for (const Difference& difference : file_differences(*state, folder))
        diagnostics.push_back(to_diagnostic(folder, difference));
    return diagnostics;
}

void leave_out_order(std::vector<Diagnostic>& findings) {
    std::erase_if(findings, [](const Diagnostic& finding) {
        return finding.rule == to_text(DifferenceKind::out_of_order);
    });
}

bool does_nothing(const migrations::Script& script) {
    return !script.is_unread &&
           std::all_of(script.statements.begin(), script.statements.end(), [](const auto& each) {
               return each.control == migrations::Control::begin ||
                      each.control == migrations::Control::commit;
           });
}

std::vector<Diagnostic> empty_scripts(const Folder& folder, const projections::TargetState* state) {
    std::vector<Diagnostic> empty;
    const auto look_at = [&](const migrations::Migration& migration) {
        if (does_nothing(migration.up) && !has_error(folder, migration.up.path))
            empty.push_back(empty_script(migration.up.path));
    };
    if (state == nullptr)
        for (const migrations::Migration& migration : folder.migrations) look_at(migration);
    else
        for (const Pending& pending : pending_of(*state, folder)) look_at(*pending.migration);
    return empty;
}

Result<void> check_undoable(const Folder& folder) {
    return check(folder, [](const Diagnostic&) { return true; });
}

Result<void> check_runnable(const Folder& folder, const projections::TargetState& state) {
    return check(folder, [to_run = files_to_run(folder, state)](const Diagnostic& each) {
        return !each.concerns_down && is_met(each, to_run);
    });
}

Result<void> check_readable(const Folder& folder) {
    return check(folder, [](const Diagnostic& each) {
        return !each.concerns_down && !each.concerns_running;
    });
}

}  // namespace commands
