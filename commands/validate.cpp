#include "commands/validate.hpp"

#include "commands/reconcile.hpp"

#include <algorithm>
#include <iterator>

namespace commands {

using ledger::Result;
using migrations::Diagnostic;
using migrations::Folder;
using migrations::Severity;

namespace {

std::string file_of(const Folder& folder, const ledger::Version& version) {
    for (const migrations::Migration& migration : folder.migrations)
        if (migration.version == version) return migration.up.path;
    return version.text;
}

Diagnostic to_diagnostic(const Folder& folder, const Difference& difference) {
    Diagnostic diagnostic;
    diagnostic.severity = Severity::error;
    diagnostic.rule = std::string{to_text(difference.kind)};
    diagnostic.message = difference.detail;
    diagnostic.file = file_of(folder, difference.version);
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

bool blocks(const Diagnostic& diagnostic, ledger::Direction direction) {
    if (diagnostic.severity != Severity::error) return false;
    return !diagnostic.concerns_down || direction == ledger::Direction::down;
}

}  // namespace

std::vector<Diagnostic> validate(const Folder& folder, const projections::TargetState* state) {
    std::vector<Diagnostic> diagnostics = folder.diagnostics;
    auto empty = empty_scripts(folder, state);
    std::move(empty.begin(), empty.end(), std::back_inserter(diagnostics));
    if (state == nullptr) return diagnostics;
    for (const Difference& difference : file_differences(*state, folder))
        diagnostics.push_back(to_diagnostic(folder, difference));
    return diagnostics;
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

Result<void> check_folder(const Folder& folder, ledger::Direction direction) {
    std::size_t count = 0;
    const Diagnostic* first = nullptr;
    for (const Diagnostic& diagnostic : folder.diagnostics) {
        if (!blocks(diagnostic, direction)) continue;
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

}  // namespace commands
