#include "tools/varve/failure_view.hpp"

#include "tools/varve/console.hpp"

namespace tools::varve {

using commands::RunReport;
using ledger::FailureCause;

migrations::Diagnostic as_diagnostic(const commands::Step& step,
                                     const commands::AttemptFailed& failure) {
    const bool is_short = failure.detail && failure.detail->find('\n') == std::string::npos;
    const bool is_lost = failure.cause == FailureCause::connection_lost;
    auto diagnostic =
        place_in(*step.script, failure.line.value_or(0), failure.column.value_or(0),
                 failure.sqlstate.value_or(is_lost ? "connection-lost" : "migration-failed"),
                 failure.message + (is_short ? ": " + *failure.detail : ""));
    if (is_lost && !failure.line) diagnostic.file.clear();
    if (failure.detail && !is_short) diagnostic.help.push_back(*failure.detail);
    if (failure.hint) diagnostic.help.push_back(*failure.hint);
    return diagnostic;
}

Json run_failure_json(const RunReport& report) {
    if (!report.last || report.done_count >= report.plan.steps.size()) return nullptr;
    const commands::Step& step = report.plan.steps[report.stopped_at];
    Json json{{"version", step.entry.version.text},
              {"path", step.entry.path},
              {"message", report.last->message}};
    // What is in doubt may have done more than is known.
    if (report.end == commands::RunEnd::cancelled) {
        json["statements_done"] = report.last->statements_done;
        json["begun"] = report.last->begun;
    }
    if (!report.last->failure) return json;
    const auto& failure = *report.last->failure;
    json["message"] = failure.message;
    json["sqlstate"] = optional_json(failure.sqlstate);
    json["detail"] = optional_json(failure.detail);
    json["hint"] = optional_json(failure.hint);
    json["statement_index"] = optional_json(failure.statement_index);
    json["line"] = optional_json(failure.line);
    json["column"] = optional_json(failure.column);
    json["statements_done"] = failure.statements_done;
    json["begun"] = report.last->begun;
    return json;
}

}  // namespace tools::varve
