#include "tools/varve/failure_view.hpp"

#include "commands/rollback.hpp"
#include "tools/varve/console.hpp"

#include <string_view>

namespace tools::varve {

using commands::RunReport;
using ledger::FailureCause;

namespace {

// Insufficient resources, or an error of its disk: the server's, whatever the file says.
bool is_about_server(const commands::AttemptFailed& failure) {
    const std::string_view sqlstate = failure.sqlstate ? *failure.sqlstate : std::string_view{};
    return sqlstate.starts_with("53") || sqlstate == "58030";
}

// "migrations/0004_d.down.sql", where it is gone and the ledger's own text was run.
std::optional<std::string> path_without_file(const RunReport& report) {
    const std::string_view path = report.plan.steps[report.stopped_at].script->path;
    if (!path.ends_with(commands::kept_by_ledger)) return std::nullopt;
    return std::string{path.substr(0, path.size() - commands::kept_by_ledger.size())};
}

// Where the file is not to blame, nobody is to look for something to correct in it.
struct WhatNext {
    std::string running;
    std::string undoing;  // and then the command
};

WhatNext what_next(const RunReport& report) {
    if (report.end == commands::RunEnd::lock_exhausted)
        return {"Run again when the lock is free, or give --lock-timeout and --lock-retries more.",
                "When the lock is free, or with more --lock-timeout and --lock-retries: "};
    const auto& failure = *report.last->failure;
    if (failure.cause == FailureCause::connection_lost)
        return {"Run again when the server answers.", "When the server answers: "};
    if (failure.cause == FailureCause::marker_error)
        return {"Correct what is in the way and run again.", "Correct what is in the way, then: "};
    if (is_about_server(failure))
        return {"Make room on the server, or mend what it complains of, and run again.",
                "Make room on the server, or mend what it complains of, then: "};
    if (const auto path = path_without_file(report))
        return {"Put a corrected file there and run again.",
                "There is no file to correct: put one at " + *path + " (varve show content:" +
                    ledger::hex(report.plan.steps[report.stopped_at].script->digest) +
                    " has this text), then: "};
    return {"Correct it and run again.", "Correct it, then: "};
}

}  // namespace

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
    return json;
}

std::string before_running_again(const RunReport& report) { return what_next(report).running; }

std::string before_undoing(const RunReport& report) { return what_next(report).undoing; }

}  // namespace tools::varve
