#include "commands/validate.hpp"

#include "tools/varve/json_document.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <filesystem>

namespace tools::varve {

using ledger::fail;
using ledger::Result;
using migrations::Diagnostic;
using migrations::Severity;

namespace {

// With a ledger at hand, files are also held against what was applied.
Result<std::optional<projections::TargetState>> known_state(const Configuration& configuration) {
    std::error_code error;
    if (!std::filesystem::exists(configuration.ledger, error))
        return std::optional<projections::TargetState>{};
    auto reading = Reading::open(configuration);
    if (!reading) return fail(reading.error());
    auto known =
        commands::read_known((*reading)->reader(), (*reading)->rows(), {configuration.environment});
    if (!known) return fail(known.error());
    return std::optional{std::move(known->state)};
}

bool is_named(const std::string& path_in_folder, const std::string& file) {
    const std::string path = std::filesystem::path{file}.lexically_normal().string();
    return path == path_in_folder || path.ends_with("/" + path_in_folder) ||
           path_in_folder.ends_with("/" + path);
}

bool named(const Diagnostic& diagnostic, const std::vector<std::string>& files) {
    return files.empty() || std::any_of(files.begin(), files.end(), [&](const std::string& file) {
               return is_named(diagnostic.file, file);
           });
}

bool knows(const migrations::Folder& folder, const std::string& file) {
    for (const auto& migration : folder.migrations)
        if (is_named(migration.up.path, file) ||
            (migration.down && is_named(migration.down->path, file)) ||
            (migration.verify && is_named(migration.verify->path, file)))
            return true;
    return std::any_of(folder.diagnostics.begin(), folder.diagnostics.end(),
                       [&](const Diagnostic& item) { return is_named(item.file, file); });
}

// A name with a slip of the finger must not pass as a file without findings.
Result<void> check_names(const migrations::Folder& folder, const std::vector<std::string>& files) {
    for (const std::string& file : files)
        if (!knows(folder, file))
            return fail(ledger::Code::refused, "usage",
                        "\"" + file + "\" is no file of the migrations folder",
                        "varve validate without a name checks them all");
    return {};
}

std::size_t count(const std::vector<Diagnostic>& diagnostics, Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(diagnostics.begin(), diagnostics.end(),
                      [&](const Diagnostic& item) { return item.severity == severity; }));
}

std::string plural(std::size_t count, const std::string& word) {
    return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

// Files that are not of the project's folder need nothing of the project.
bool stands_alone(const Invocation& invocation, const ValidateOptions& options) {
    if (options.files.empty()) return false;
    if (options.server_version || !options.history.empty() || options.assume_in_transaction)
        return true;
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return !invocation.flags.config;
    const auto folder = load_folder(*configuration);
    if (!folder) return !invocation.flags.migrations;
    return std::all_of(options.files.begin(), options.files.end(), [&](const std::string& file) {
        std::error_code error;
        return !knows(**folder, file) && std::filesystem::exists(file, error);
    });
}

}  // namespace

VerbResult validate(const Invocation& invocation, const Console& console,
                    const ValidateOptions& options) {
    if (stands_alone(invocation, options)) return validate_files(invocation, console, options);
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto folder = load_folder(*configuration);
    if (!folder) return fail(folder.error());
    if (auto known = check_names(**folder, options.files); !known) return fail(known.error());
    const auto state = known_state(*configuration);
    if (!state) return fail(state.error());
    auto findings = commands::validate(**folder, *state ? &**state : nullptr);
    std::erase_if(findings, [&](const Diagnostic& item) { return !named(item, options.files); });

    const std::size_t errors = count(findings, Severity::error);
    for (const Diagnostic& finding : findings)
        console.diagnostic(finding, configuration->migrations);
    console.line(std::string{errors == 0 ? console.paint(Colour::green, "OK")
                                         : console.paint(Colour::red, "NOT VALID")} +
                 "  " + plural((*folder)->migrations.size(), "migration") + " (" +
                 (*folder)->layout + "), " + plural(errors, "error") + ", " +
                 plural(count(findings, Severity::warning), "warning"));
    if (console.json()) {
        Json document = new_document(invocation);
        document["layout"] = (*folder)->layout;
        document["migration_count"] = (*folder)->migrations.size();
        document["findings"] = to_json(findings);
        console.document(to_text(document));
    }
    return errors == 0 ? ExitCode::fine : ExitCode::refused;
}

}  // namespace tools::varve
