#include "commands/validate.hpp"

#include "commands/reconcile.hpp"

#include <algorithm>

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

bool blocks(const Diagnostic& diagnostic, ledger::Direction direction) {
    if (diagnostic.severity != Severity::error) return false;
    return !diagnostic.concerns_down || direction == ledger::Direction::down;
}

}  // namespace

std::vector<Diagnostic> validate(const Folder& folder, const projections::TargetState* state) {
    std::vector<Diagnostic> diagnostics = folder.diagnostics;
    if (state == nullptr) return diagnostics;
    for (const Difference& difference : file_differences(*state, folder))
        diagnostics.push_back(to_diagnostic(folder, difference));
    return diagnostics;
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
