#include "commands/validate.hpp"

#include "adapters/postgres/live_target.hpp"
#include "commands/judge_folder.hpp"
#include "tools/varve/fixes.hpp"
#include "tools/varve/server_version.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/shadow_session.hpp"
#include "tools/varve/target_schema.hpp"
#include "tools/varve/validation_view.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <filesystem>

namespace tools::varve {

using ledger::fail;
using ledger::Result;
using migrations::Diagnostic;

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
    if (path_in_folder.empty()) return false;
    const std::string path = std::filesystem::path{file}.lexically_normal().string();
    return path == path_in_folder || path.ends_with("/" + path_in_folder) ||
           path_in_folder.ends_with("/" + path);
}

bool is_asked_for(const std::string& path_in_folder, const std::vector<std::string>& files) {
    return files.empty() || std::any_of(files.begin(), files.end(), [&](const std::string& file) {
               return is_named(path_in_folder, file);
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

std::uint32_t judged_for(const ValidateOptions& options,
                         const std::optional<projections::TargetState>& state) {
    const std::string version = options.server_version.value_or(
        state && state->database ? state->database->server_version : "15");
    return server_version_number(version).value_or(150000);
}

// Which tables are small, and what there is, is the target's to tell: read only, and only where it
// is asked for. Without pg_dump what there is stays what the scripts have made.
Result<void> ask_target(const Configuration& configuration, const Console& console,
                        commands::JudgeRequest& request) {
    if (!configuration.url)
        return fail(configuration.url_error.value_or(
            ledger::Error{ledger::Code::refused, "url-missing", "--ask-target asks a target",
                          "add --url or --env"}));
    auto target = adapters::postgres::watch_target(*configuration.url);
    if (!target) return fail(target.error());
    const auto figures = (*target)->figures(false);
    if (!figures) return fail(figures.error());
    for (const auto& [relation, known] : *figures)
        if (!known.is_size_unknown)
            request.row_counts.push_back(
                {{relation.schema, relation.name, 0}, known.rows, known.rows_below});
    if (!request.is_applied) return {};
    auto schema = read_target_schema(configuration, major_of(request.server_version), false);
    if (schema)
        request.present_schema = std::move(schema->text);
    else
        console.note("the target's schema was not read, the scripts' is taken: " +
                     schema.error().detail);
    return {};
}

// Each upon the scripts before it, as the folder has them.
Result<void> prove(const Configuration& configuration, const Console& console,
                   const migrations::Folder& folder, const ValidateOptions& options,
                   std::vector<commands::JudgedMigration>& all, std::vector<std::string>& fixed) {
    std::optional<ShadowSession> session;
    std::vector<migrations::Script> history;
    std::string broken;
    auto judged = all.begin();
    for (const migrations::Migration& migration : folder.migrations) {
        const bool is_judged = judged != all.end() && judged->migration == &migration;
        if (is_judged && is_asked_for(migration.up.path, options.files)) {
            if (!session) {
                auto opened = ShadowSession::open(std::nullopt);
                if (!opened) return fail(opened.error());
                session.emplace(std::move(*opened));
            }
            const FixOrder order{session->shadow(),        history, options.write,
                                 configuration.migrations, fixed,   broken};
            if (auto settled = settle_fixes(order, migration.up, judged->findings, console);
                !settled)
                return settled;
        }
        if (is_judged) ++judged;
        history.push_back(migration.up);
    }
    return {};
}

Result<std::vector<Diagnostic>> find(const Configuration& configuration, const Console& console,
                                     const migrations::Folder& folder,
                                     const std::optional<projections::TargetState>& state,
                                     const ValidateOptions& options,
                                     std::vector<std::string>& fixed) {
    auto findings = commands::validate(folder, state ? &*state : nullptr);
    if (configuration.any_order) commands::leave_out_order(findings);
    commands::JudgeRequest request{judged_for(options, state), configuration.rules, {}};
    request.initial_settings = initial_settings(configuration);
    if (state && !options.all)
        request.is_applied = [&](const migrations::Migration& migration) {
            return state->state_of(migration.version) == projections::State::applied;
        };
    if (options.ask_target)
        if (auto asked = ask_target(configuration, console, request); !asked)
            return fail(asked.error());
    auto judged = commands::judge_folder(folder, request);
    if (options.fix)
        if (auto proven = prove(configuration, console, folder, options, judged, fixed); !proven)
            return fail(proven.error());
    for (auto& each : judged)
        std::move(each.findings.begin(), each.findings.end(), std::back_inserter(findings));
    std::erase_if(findings,
                  [&](const Diagnostic& item) { return !is_asked_for(item.file, options.files); });
    return findings;
}

// Files that are not of the project's folder need nothing of the project.
bool stands_alone(const Invocation& invocation, const ValidateOptions& options) {
    if (options.files.empty()) return false;
    if (!options.history.empty() || options.assume_in_transaction) return true;
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return false;
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
    if (options.rules) {
        if (options.form == "sarif" || options.form == "github")
            return fail(ledger::Code::refused, "usage",
                        "--rules lists rules, and " + options.form + " is a form of findings",
                        "--format text, or json");
        const auto configuration = read_configuration(invocation.flags);
        if (!configuration) return fail(configuration.error());
        list_rules(invocation, console, configuration->rules);
        return ExitCode::fine;
    }
    if (options.server_version)
        if (const auto version = server_version_number(*options.server_version); !version)
            return fail(version.error());
    if (stands_alone(invocation, options)) return validate_files(invocation, console, options);
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto folder = load_folder(*configuration);
    if (!folder) return fail(folder.error());
    if (auto known = check_names(**folder, options.files); !known) return fail(known.error());
    const auto state = known_state(*configuration);
    if (!state) return fail(state.error());
    std::vector<std::string> fixed;
    auto findings = find(*configuration, console, **folder, *state, options, fixed);
    if (!findings) return fail(findings.error());
    const std::size_t count = (*folder)->migrations.size();
    return show(invocation, console, options,
                {std::move(*findings),
                 configuration->migrations,
                 std::to_string(count) + (count == 1 ? " migration (" : " migrations (") +
                     (*folder)->layout + ")",
                 {{"layout", (*folder)->layout},
                  {"migration_count", count},
                  {"folder", configuration->migrations.string()},
                  {"fixed", fixed}}});
}

}  // namespace tools::varve
