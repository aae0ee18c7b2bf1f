#include "commands/recover.hpp"

#include "ledger/fold.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/run_console.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"

#include <variant>

namespace tools::varve {

using ledger::fail;

namespace {

Json settlement_json(const Invocation& invocation, const commands::RecoverReport& report) {
    Json document = new_document(invocation);
    document["was_in_doubt"] = report.attempt.has_value();
    document["attempt"] = nullptr;
    if (!report.attempt) return document;
    document["attempt"] = {{"attempt", ledger::to_text(report.attempt->attempt)},
                           {"version", report.attempt->version.text},
                           {"direction", direction_text(report.attempt->direction)},
                           {"since", instant_text(report.attempt->since_us)}};
    if (report.settlement.verdict)
        document["verdict"] = ledger::type_of(*report.settlement.verdict);
    return document;
}

std::string sentence(const commands::RecoverReport& report) {
    if (!report.attempt) {
        if (report.settlement.run_closed)
            return "An interrupted run was closed; nothing was in doubt.";
        return "Nothing is in doubt.";
    }
    const std::string what = "\"" + report.attempt->version.text + "\" (started " +
                             instant_short(report.attempt->since_us) + ")";
    const auto* failed = report.settlement.verdict
                             ? std::get_if<ledger::AttemptFailed>(&*report.settlement.verdict)
                             : nullptr;
    if (failed == nullptr) return "Settled: " + what + " had happened; its marker is there.";
    return "Settled: " + what + " was " + failed->message + ".";
}

}  // namespace

VerbResult recover(const Invocation& invocation, const Console& console) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto target = target_request(*configuration);
    if (!target) return fail(target.error());
    // The files may be gone: then the scripts that the ledger keeps are looked at.
    const auto folder = load_folder(*configuration);

    commands::Progress silent;
    auto writing = Writing::open(invocation, *configuration, false, silent);
    if (!writing) return fail(writing.error());
    const auto report =
        commands::recover((*writing)->services(), *target, folder ? folder->get() : nullptr);
    if (!report) return fail(report.error());
    console.line(sentence(*report));
    if (console.json()) console.document(to_text(settlement_json(invocation, *report)));
    return ExitCode::fine;
}

}  // namespace tools::varve
