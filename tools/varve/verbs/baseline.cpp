#include "commands/baseline.hpp"

#include "tools/varve/json_document.hpp"
#include "tools/varve/other_bookkeeping.hpp"
#include "tools/varve/run_console.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

using ledger::fail;

namespace {

void show(const Invocation& invocation, const Console& console,
          const commands::BaselineReport& report, const std::string& target) {
    for (const std::string& note : report.notes) console.note(note);
    const std::size_t count = report.adopted.size();
    console.line("Taken over: " + std::to_string(count) +
                 (count == 1 ? " migration" : " migrations") + " on " + target + ", up to " +
                 report.adopted.back().text +
                 console.told(". None of them was run; varve run applies what comes after."));
    if (!console.json()) return;
    Json document = new_document(invocation);
    document["target"] = target;
    document["adopted"] = Json::array();
    for (const ledger::Version& version : report.adopted)
        document["adopted"].push_back(version.text);
    document["notes"] = report.notes;
    console.document(to_text(document));
}

}  // namespace

ledger::Result<void> of_all_targets(const Invocation& invocation, const std::string& what) {
    if (!invocation.flags.environment) return {};
    return fail(ledger::Code::refused, "usage",
                "--env " + *invocation.flags.environment + ": " + what +
                    " is of the whole ledger, and there is none of one target",
                "leave it out; of one target, `varve history --target NAME` shows the events");
}

ledger::Result<void> reason_given(const Invocation& invocation) {
    if (invocation.reason) return {};
    return fail(ledger::Code::refused, "reason-missing",
                "varve " + invocation.operation +
                    " records a person's decision, and no reason for it is given",
                "add --reason \"...\" (and --ticket, where there is one)");
}

VerbResult baseline(const Invocation& invocation, const Console& console,
                    const BaselineOptions& options) {
    if (auto given = reason_given(invocation); !given) return fail(given.error());
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto target = target_request(*configuration);
    if (!target) return fail(target.error());
    auto folder = load_folder(*configuration);
    if (!folder) return fail(folder.error());
    commands::BaselineRequest request{std::move(*target), std::move(*folder), {options.version}};
    request.despite_history = options.despite_history;
    if (configuration->url) request.other_history = other_history_of(*configuration);
    RunConsole watching{console, *configuration};
    auto writing = Writing::open(invocation, *configuration, options.init, watching);
    if (!writing) return fail(writing.error());
    const auto report = commands::baseline((*writing)->services(), request);
    if (!report) return fail(report.error());
    show(invocation, console, *report, configuration->environment);
    return ExitCode::fine;
}

}  // namespace tools::varve
