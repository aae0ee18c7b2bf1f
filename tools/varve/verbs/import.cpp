#include "commands/import.hpp"

#include "adapters/files/folder_reader.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/import_options.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/other_bookkeeping.hpp"
#include "tools/varve/run_console.hpp"
#include "tools/varve/run_request.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/still_ledger.hpp"
#include "tools/varve/time_text.hpp"

#include <filesystem>

namespace tools::varve {

using commands::ImportPlan;
using commands::ImportRequest;
using ledger::fail;
using ledger::Result;
using migrations::bookkeeping::Entry;
using migrations::bookkeeping::UnfinishedAs;

namespace {

Result<ImportRequest> import_request(const Invocation& invocation,
                                     const Configuration& configuration,
                                     const ImportVerbOptions& options) {
    if (options.accept_digest && !invocation.reason)
        return fail(ledger::Code::refused, "usage", "--accept-digest is a decision, and needs why",
                    "give --reason \"...\"");
    auto target = target_request(configuration);
    if (!target) return fail(target.error());
    auto files = read_files(configuration);
    if (!files) return fail(files.error());
    auto tree = std::make_shared<const migrations::SourceTree>(std::move(*files));
    auto folder = read_folder(configuration, *tree);
    if (!folder) return fail(folder.error());
    if (auto given = connector(configuration); !given) return fail(given.error());
    ImportRequest request{
        std::move(*target), std::move(*folder), std::move(tree), bookkeeping_of(configuration), {}};
    request.options.wanted = {options.from, options.table};
    request.options.accept_digests = options.accept_digest;
    if (options.unfinished)
        request.options.unfinished =
            *options.unfinished == "applied" ? UnfinishedAs::applied : UnfinishedAs::unapplied;
    return request;
}

struct PlanSeen {
    ImportPlan plan;
    std::uint64_t ledger_size{};
    bool differs{};  // what the target has, from the ledger
};

Result<PlanSeen> see_plan(const Configuration& configuration, const ImportRequest& request,
                          commands::TargetDatabase& database) {
    if (!std::filesystem::exists(configuration.ledger)) {
        auto plan = commands::preview_import(nullptr, {}, request, database);
        if (!plan) return fail(plan.error());
        return PlanSeen{*std::move(plan)};
    }
    auto reading = Reading::open(configuration);
    if (!reading) return fail(reading.error());
    const auto known =
        commands::read_known((*reading)->reader(), (*reading)->rows(), request.target.target);
    if (!known) return fail(known.error());
    const auto head = (*reading)->reader().head();
    if (!head) return fail(head.error());
    auto plan = commands::preview_import(&(*reading)->reader(), *known, request, database);
    if (!plan) return fail(plan.error());
    const bool is_refused = plan->refused.has_value();
    return PlanSeen{*std::move(plan), head->size, is_refused};
}

Result<ImportPlan> look(const Configuration& configuration, const ImportRequest& request) {
    auto connect = connector(configuration);
    if (!connect) return fail(connect.error());
    auto database = (*connect)();
    if (!database) return fail(database.error());
    auto looked = look_until_still(configuration.ledger,
                                   [&] { return see_plan(configuration, request, **database); });
    if (!looked) return fail(looked.error());
    return std::move(looked->plan);
}

Result<ImportPlan> take_over(const Invocation& invocation, const Console& console,
                             const Configuration& configuration, const ImportRequest& request,
                             bool make_ledger) {
    RunConsole watching{console, configuration};
    auto writing = Writing::open(invocation, configuration, make_ledger, watching);
    if (!writing) return fail(writing.error());
    return commands::import_history((*writing)->services(), request);
}

std::string checksum_text(const Entry& entry) {
    if (entry.migration == nullptr) return "its file is gone";
    if (!entry.agrees) return "no checksum";
    return *entry.agrees ? "checksum agrees" : "edited since";
}

std::string applied_text(const Entry& entry) {
    if (entry.unfinished) return "never finished, applied as was said";
    if (!entry.applied_at_us && !entry.applied_by) return "applied, nobody kept when";
    std::string text = "applied";
    if (entry.applied_at_us) text += " " + instant_short(*entry.applied_at_us);
    if (entry.applied_by) text += " by " + *entry.applied_by;
    return text;
}

std::string headline(const ImportPlan& plan, const std::string& target, bool dry_run) {
    const std::string from = plan.history.tool + " (" + plan.history.table + ", " +
                             counted(plan.history.row_count, "row") + ")";
    if (plan.adoptions.empty() && plan.refused) return "Nothing is taken over from " + from;
    if (plan.is_decision)
        return std::string{dry_run ? "Would keep" : "Kept"} +
               " what was said of what is unfinished in " + from + " on " + target +
               "; no migration is taken over";
    if (plan.adoptions.empty())
        return "Nothing new: " + std::to_string(plan.known.size()) + " of " + from +
               " counted as applied on " + target + " before";
    return (dry_run ? "Would take over " : "Took over ") +
           counted(plan.adoptions.size(), "migration") + " from " + from + " on " + target +
           (dry_run ? "; nothing was changed" : "");
}

void print(const Console& console, const ImportPlan& plan, const std::string& target,
           bool dry_run) {
    console.line(headline(plan, target, dry_run));
    if (console.quiet() && !dry_run) return;
    Table table;
    for (const Entry& entry : plan.adoptions)
        table.push_back(
            {"  " + entry.version.text, entry.name, applied_text(entry), checksum_text(entry)});
    console.lines(align(table));
    if (!plan.history.findings.empty()) console.line("Findings");
    for (const std::string& finding : plan.history.findings)
        console.line("  " + console.paint(Colour::yellow, "note") + "  " + finding);
    if (!dry_run && !plan.adoptions.empty())
        console.line(console.told("varve run goes on from here; ") + plan.history.table +
                     " was read, and left as it is");
}

Json to_json(const Entry& entry) {
    return {
        {"version", entry.version.text},
        {"name", entry.name},
        {"path", entry.migration ? Json(entry.migration->up.path) : Json(nullptr)},
        {"digest", entry.migration ? Json(ledger::hex(entry.migration->up.digest)) : Json(nullptr)},
        {"recorded_version", optional_json(entry.recorded_version)},
        {"recorded_checksum", optional_json(entry.recorded_checksum)},
        {"checksum_agrees", optional_json(entry.agrees)},
        {"applied_at", instant_json(entry.applied_at_us)},
        {"applied_by", optional_json(entry.applied_by)},
        {"elapsed_us", optional_json(entry.elapsed_us)}};
}

Json to_json(const Invocation& invocation, const ImportPlan& plan, const std::string& target,
             bool dry_run) {
    Json document = new_document(invocation);
    document["target"] = target;
    document["dry_run"] = dry_run;
    document["tool"] = plan.history.tool;
    document["table"] = plan.history.table;
    document["row_count"] = plan.history.row_count;
    document["adopted"] = Json::array();
    for (const Entry& entry : plan.adoptions) document["adopted"].push_back(to_json(entry));
    document["known"] = Json::array();
    for (const auto& version : plan.known) document["known"].push_back(version.text);
    document["findings"] = plan.history.findings;
    document["refused"] = plan.refused ? varve::to_json(*plan.refused) : Json(nullptr);
    return document;
}

// What only running would meet blocks nobody who takes over that it was run.
migrations::Diagnostic as_of_what_has_run(migrations::Diagnostic diagnostic) {
    if (!diagnostic.concerns_running || diagnostic.severity != migrations::Severity::error)
        return diagnostic;
    diagnostic.severity = migrations::Severity::warning;
    diagnostic.help.insert(diagnostic.help.begin(),
                           "where the other tool has run it, it counts as applied and need not "
                           "change; Varve cannot run it");
    return diagnostic;
}

}  // namespace

VerbResult import_history(const Invocation& invocation, const Console& console,
                          const ImportVerbOptions& options) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto request = import_request(invocation, *configuration, options);
    if (!request) return fail(request.error());
    for (const auto& diagnostic : request->folder->diagnostics)
        if (worth_telling(diagnostic, invocation))
            console.diagnostic(as_of_what_has_run(diagnostic), configuration->migrations);
    const auto plan = options.dry_run
                          ? look(*configuration, *request)
                          : take_over(invocation, console, *configuration, *request, options.init);
    if (!plan) return fail(plan.error());
    print(console, *plan, configuration->environment, options.dry_run);
    if (console.json())
        console.document(
            to_text(to_json(invocation, *plan, configuration->environment, options.dry_run)));
    if (!plan->refused) return ExitCode::fine;
    console.error(*plan->refused);
    return exit_code_of(*plan->refused);
}

}  // namespace tools::varve
