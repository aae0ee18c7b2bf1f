#include "commands/preview.hpp"
#include "commands/validate.hpp"
#include "projections/engine.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/plan_rehearsal.hpp"
#include "tools/varve/run_console.hpp"
#include "tools/varve/run_request.hpp"
#include "tools/varve/server_version.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/still_ledger.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"
#include "tools/varve/writer_watch.hpp"

#include <memory>

namespace tools::varve {

using commands::Preview;
using ledger::fail;
using ledger::Result;

namespace {

// Where there is no ledger yet, everything is pending and nobody else has been here.
class NoLedger final : public ledger::Reader {
public:
    Result<ledger::Head> head() const override { return ledger::Head{}; }
    Result<std::vector<std::string>> lines(std::uint64_t, std::size_t) const override {
        return std::vector<std::string>{};
    }
    Result<std::uint64_t> stream_version(std::string_view) const override { return 0; }
    Result<std::vector<std::uint64_t>> stream_positions(std::string_view, std::uint64_t,
                                                        std::size_t) const override {
        return std::vector<std::uint64_t>{};
    }
    Result<std::optional<std::string>> content(const ledger::Digest&) const override {
        return std::optional<std::string>{};
    }
    Result<ledger::Digest> root_at(std::uint64_t) const override { return ledger::Digest{}; }
    Result<ledger::Digest> subtree(unsigned, std::uint64_t) const override {
        return ledger::Digest{};
    }
    Result<std::optional<std::string>> checkpoint(std::uint64_t) const override {
        return std::optional<std::string>{};
    }
};

// What is needed to rehearse the plan, read while the ledger is open.
struct Looked {
    Preview preview;
    std::optional<adapters::rocksdb::LockHolder> running;  // the process at work on the target
    std::vector<commands::ReplayedScript> history;
    std::vector<migrations::Diagnostic> warnings;  // of the files
    std::uint64_t ledger_size{};
    bool differs{};  // target or files, from the ledger
};

Result<commands::RunRequest> with_stage(const projections::RowStore& rows,
                                        commands::RunRequest request) {
    if (!request.options.after) return request;
    auto state = projections::read_target_state(rows, *request.options.after);
    if (!state) return fail(state.error());
    request.stage = std::move(*state);
    return request;
}

Result<commands::RollbackRequest> with_stage(const projections::RowStore& /*rows*/,
                                             commands::RollbackRequest request) {
    return request;
}

std::vector<migrations::Diagnostic> empty_scripts(const commands::RunRequest& request,
                                                  const projections::TargetState* state) {
    return commands::empty_scripts(*request.folder, state);
}

std::vector<migrations::Diagnostic> empty_scripts(const commands::RollbackRequest& /*request*/,
                                                  const projections::TargetState* /*state*/) {
    return {};  // the plan's notes tell
}

// It may have done more than the ledger has heard of, and so than is planned on here.
std::string unfinished_note(const projections::OpenRun& run) {
    return std::string{run.direction == ledger::Direction::down ? "a rollback" : "a run"} + " by " +
           run.actor.id +
           " has not finished, and would be settled first; it may have done more than is known "
           "here";
}

// What somebody is at work on is neither in doubt nor to be settled.
Result<Looked> with_running(Looked looked, const WriterWatch& writer, Reading& reading,
                            const ledger::Target& target) {
    Preview& preview = looked.preview;
    if (!preview.in_doubt && !preview.open_run) return looked;
    auto running = writer.at_work_on(reading.reader(), reading.rows(), target);
    if (!running) return fail(running.error());
    looked.running = std::move(*running);
    if (!looked.running && preview.open_run)
        preview.notes.insert(preview.notes.begin(), unfinished_note(*preview.open_run));
    if (!looked.running) return looked;
    preview.in_doubt.reset();
    preview.open_run.reset();
    return looked;
}

template <class Request>
Result<Looked> look(const Configuration& configuration, const Request& request) {
    std::unique_ptr<commands::TargetDatabase> database;
    if (configuration.url) {
        auto connect = connector(configuration);
        if (!connect) return fail(connect.error());
        auto connected = (*connect)();
        if (!connected) return fail(connected.error());
        database = std::move(*connected);
    }
    if (!std::filesystem::exists(configuration.ledger)) {
        auto preview = commands::preview(NoLedger{}, {}, request, database.get());
        if (!preview) return fail(preview.error());
        const bool differs = preview->differs;
        return Looked{*std::move(preview), {}, {}, empty_scripts(request, nullptr), 0, differs};
    }
    const WriterWatch writer{configuration.ledger};
    auto reading = Reading::open(configuration);
    if (!reading) return fail(reading.error());
    auto known =
        commands::read_known((*reading)->reader(), (*reading)->rows(), request.target.target);
    if (!known) return fail(known.error());
    auto staged = with_stage((*reading)->rows(), request);
    if (!staged) return fail(staged.error());
    auto preview = commands::preview((*reading)->reader(), *known, *staged, database.get());
    if (!preview) return fail(preview.error());
    const auto head = (*reading)->reader().head();
    if (!head) return fail(head.error());
    auto history = commands::replay_sql((*reading)->reader(), request.target.target, head->size);
    if (!history) return fail(history.error());
    const bool differs = preview->differs;
    Looked looked{*std::move(preview), {},
                  *std::move(history), empty_scripts(request, &known->state),
                  head->size,          differs};
    return with_running(std::move(looked), writer, **reading, request.target.target);
}

void print(const Console& console, const Looked& looked, const std::string& target) {
    const Preview& preview = looked.preview;
    if (looked.running)
        console.line("Running: " + text_of(*looked.running) +
                     "; it would be waited for, and what it does from now on is not known here");
    if (preview.in_doubt)
        console.line("In doubt since " + instant_short(preview.in_doubt->since_us) + ": \"" +
                     preview.in_doubt->version.text + "\"; it would be settled first");
    const bool undoes = preview.plan.direction == ledger::Direction::down;
    for (const std::string& note : preview.notes) console.line("Note: " + console.told(note) + ".");
    if (preview.plan.steps.empty() && !preview.refused)
        return console.line(undoes ? "Nothing to undo on " + target + "."
                            : preview.plan.is_part
                                ? std::string{nothing_within}
                                : "Nothing to do: " + target + " is up to date.");
    console.line((undoes ? "Would undo " : "Would apply ") +
                 std::to_string(preview.plan.steps.size()) + " migration" +
                 (preview.plan.steps.size() == 1 ? "" : "s") + " on " + target +
                 "; nothing was changed");
    Table table;
    for (const commands::Step& step : preview.plan.steps) {
        std::string how = step.entry.transactional ? "one transaction" : "statement by statement";
        if (!step.mode_cause.empty()) how += ": " + step.mode_cause;
        if (step.entry.first_statement_index > 0) how += "; " + goes_on_text(step);
        table.push_back({"  " + step.entry.version.text, step.entry.name,
                         std::to_string(step.entry.statement_count) + " statement" +
                             (step.entry.statement_count == 1 ? "" : "s"),
                         how});
    }
    console.lines(align(table));
    console.line("Gates");
    for (const auto& gate : preview.gates)
        console.line("  " +
                     (gate.passed ? console.paint(Colour::green, "pass")
                                  : console.paint(Colour::red, "stop")) +
                     "  " + gate.gate + ": " + gate.detail);
}

// Where the files pass for a run, such an error is of one that it does not begin with.
void drop_what_has_run(std::vector<migrations::Diagnostic>& warnings) {
    std::erase_if(warnings, [](const migrations::Diagnostic& each) {
        return each.concerns_running && each.severity == migrations::Severity::error;
    });
}

// `warnings`: of the folder, told also where there is more that is wrong.
Result<Looked> look_at_run(const Invocation& invocation, const Configuration& configuration,
                           const RunVerbOptions& options,
                           std::vector<migrations::Diagnostic>& warnings) {
    auto folder = load_folder(configuration);
    if (!folder) return fail(folder.error());
    const auto request = run_request(configuration, options, std::move(*folder), invocation.reason);
    if (!request) return fail(request.error());
    for (const auto& diagnostic : request->folder->diagnostics)
        if (worth_telling(diagnostic, invocation)) warnings.push_back(diagnostic);
    return look(configuration, *request);
}

Result<Looked> preview_run(const Invocation& invocation, const Console& console,
                           const Configuration& configuration, const RunVerbOptions& options) {
    std::vector<migrations::Diagnostic> warnings;
    auto looked = look_until_still(configuration.ledger, [&] {
        warnings.clear();
        return look_at_run(invocation, configuration, options, warnings);
    });
    if (looked && looked->preview.gates.front().passed) drop_what_has_run(warnings);
    for (const auto& diagnostic : warnings)
        console.diagnostic(diagnostic, configuration.migrations);
    if (!looked) return looked;
    for (const auto& diagnostic : looked->warnings)
        console.diagnostic(diagnostic, configuration.migrations);
    looked->warnings.insert(looked->warnings.begin(), warnings.begin(), warnings.end());
    return looked;
}

Result<Looked> preview_rollback(const Invocation& invocation, const Configuration& configuration,
                                const RollbackVerbOptions& options) {
    return look_until_still(configuration.ledger, [&]() -> Result<Looked> {
        const auto request = rollback_request(configuration, options, invocation.reason);
        if (!request) return fail(request.error());
        return look(configuration, *request);
    });
}

Json document_of(const Invocation& invocation, const Console& console, const Looked& looked,
                 const std::string& target) {
    const Preview& preview = looked.preview;
    Json document = new_document(invocation);
    document["target"] = target;
    document["server_version"] = preview.facts ? Json(preview.facts->version) : Json(nullptr);
    document["plan"] = to_json(preview.plan);
    document["gates"] = to_json(preview.gates);
    document["notes"] = console.told(preview.notes);
    document["refused"] = preview.refused ? to_json(console.told(*preview.refused)) : Json(nullptr);
    document["running"] = looked.running ? to_json(*looked.running) : Json(nullptr);
    document["run_unfinished"] = preview.open_run.has_value();
    document["in_doubt"] = preview.in_doubt ? Json(preview.in_doubt->version.text) : nullptr;
    return document;
}

// Whether it fails. What is in doubt would be settled first, and nobody knows how; nor what one
// that goes on will have done.
Result<bool> rehearse(const Console& console, const Configuration& configuration,
                      const DryRunVerbOptions& options, const Looked& looked, Json& document) {
    const Preview& preview = looked.preview;
    document["rehearsed"] = false;
    if (options.no_rehearsal || preview.plan.steps.empty() || preview.in_doubt ||
        preview.open_run || looked.running)
        return false;
    std::optional<unsigned> major;
    if (preview.facts) major = major_of(preview.facts->version_number);
    auto rehearsed =
        rehearse_plan({console, configuration, options, preview.plan, looked.history, major});
    if (!rehearsed) return fail(rehearsed.error());
    for (const std::string& note : rehearsed->notes) {
        console.line("Note: " + console.told(note) + ".");
        document["notes"].push_back(console.told(note));
    }
    document["rehearsed"] = !rehearsed->statements.empty();
    document["statements"] = std::move(rehearsed->statements);
    return rehearsed->failed;
}

// A target that is meant and cannot be found is not left out in silence: a run would be refused.
Result<Configuration> configured(const Invocation& invocation, const DryRunVerbOptions& options) {
    auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    if (options.no_target && options.shadow_from == "target")
        return fail(ledger::Code::refused, "usage", "--shadow-from target asks the target",
                    "leave it out, or --no-target");
    if (options.no_target) {
        configuration->url.reset();
        configuration->url_error.reset();
    }
    if (!configuration->url_error) return configuration;
    ledger::Error error = *configuration->url_error;
    error.help += "; without a target: varve dry-run --no-target";
    return fail(std::move(error));
}

}  // namespace

VerbResult dry_run(const Invocation& invocation, const Console& console,
                   const DryRunVerbOptions& options) {
    if (!options.files.empty()) return rehearse_files(invocation, console, options);
    const auto configuration = configured(invocation, options);
    if (!configuration) return fail(configuration.error());
    auto looked = options.undoes ? preview_rollback(invocation, *configuration, options.rollback)
                                 : preview_run(invocation, console, *configuration, options.run);
    if (!looked) return fail(looked.error());
    const Preview* preview = &looked->preview;
    print(console, *looked, configuration->environment);
    Json document = document_of(invocation, console, *looked, configuration->environment);
    for (const auto& warning : looked->warnings) document["notes"].push_back(note_of(warning));
    const auto rehearsed = rehearse(console, *configuration, options, *looked, document);
    if (!rehearsed) return fail(rehearsed.error());
    console.document(to_text(document));
    if (preview->in_doubt || preview->open_run) return ExitCode::in_doubt;
    if (preview->refused) {
        console.error(*preview->refused);
        return exit_code_of(*preview->refused);
    }
    if (*rehearsed) return ExitCode::refused;
    const bool pending = looked->running || !preview->plan.steps.empty();
    return options.exit_code && pending ? ExitCode::pending : ExitCode::fine;
}

}  // namespace tools::varve
