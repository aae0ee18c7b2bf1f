#include "tools/varve/stopped_run.hpp"

#include "commands/progress_made.hpp"
#include "commands/rollback.hpp"
#include "tools/varve/counted.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace tools::varve {

using commands::RunEnd;
using commands::RunReport;
using ledger::FailureCause;

namespace {

std::string versions_left(const RunReport& report) {
    std::string all;
    for (std::size_t at = report.stopped_at; at < report.plan.steps.size(); ++at)
        all += (all.empty() ? "" : ",") + report.plan.steps[at].entry.version.text;
    return all;
}

std::string not_undone(const RunReport& report) {
    return "Not undone, so applied as before: " + versions_left(report) + ". ";
}

std::string nothing_stays(const RunReport& report) {
    if (report.together) return "\nNothing stays in the database: it was one transaction.";
    return "\nNothing of " + report.plan.steps[report.stopped_at].entry.version.text +
           " stays in the database.";
}

// Insufficient resources, or an error of its disk: the server's, whatever the file says.
bool is_about_server(const commands::AttemptFailed& failure) {
    const std::string_view sqlstate = failure.sqlstate ? *failure.sqlstate : std::string_view{};
    return sqlstate.starts_with("53") || sqlstate == "58030";
}

std::string shown(const ledger::Digest& digest) {
    return "varve show content:" + ledger::hex(digest);
}

// Where the ledger's own text was run: what makes a corrected file count. Empty where the folder's
// was.
std::string how_to_correct(const RunReport& report) {
    const commands::Step& step = report.plan.steps[report.stopped_at];
    if (!step.kept) return "";
    const auto& [up_path, up, down_path, is_file_changed] = *step.kept;
    if (is_file_changed)
        return "It was the ledger's copy, since the file has another up script than the one that "
               "is applied: put that back (" +
               shown(up) +
               " has its text), or accept what is "
               "there (varve resolve " +
               step.entry.version.text +
               " --accept-digest --reason "
               "...), and correct the down script that comes with it";
    const std::string down = shown(step.script->digest);
    if (up_path == down_path)
        return "There is no file to correct: put " + up_path +
               " back with both its ways, as they "
               "are in " +
               shown(up) + " and, to be corrected, " + down;
    return "There is no file to correct: put " + up_path + " back (" + shown(up) +
           " has its text), and a corrected " + down_path + " beside it (" + down +
           " has this one)";
}

// Of a script that is not one transaction, and how it is gone on with.
std::string how_far(const RunReport& report) {
    const auto& entry = report.plan.steps[report.stopped_at].entry;
    const std::string again =
        undoes(report) ? "varve rollback --only " + entry.version.text : "the next run";
    std::string correction = how_to_correct(report);
    if (!correction.empty()) correction = " " + correction + " first.";
    const std::uint32_t done = report.last->statements_done;
    const std::string none = "\nNone of its statements is done";
    if (const auto& begun = report.last->begun; !begun.empty())
        return (done == 0 ? none
                          : "\n" + std::to_string(done) + " of " +
                                std::to_string(entry.statement_count) + " statements are done") +
               commands::and_begun(begun) + ": " + again + " goes on there." + correction;
    if (done == 0) return none + "; " + again + " begins it again." + correction;
    return "\n" + std::to_string(done) + " of " + std::to_string(entry.statement_count) +
           " statements are done and stay; " + again + " goes on after them." + correction;
}

// The very first thing was there already, as in a database that is older than its ledger.
bool meets_older_database(const RunReport& report) {
    constexpr std::array is_there{"42P07", "42710", "42P06", "42723", "42701"};
    const auto& sqlstate = report.last->failure->sqlstate;
    return report.is_first_here && report.done_count == 0 && !undoes(report) && sqlstate &&
           std::find(is_there.begin(), is_there.end(), *sqlstate) != is_there.end();
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
    if (const std::string correction = how_to_correct(report); !correction.empty())
        return {"", correction + ", then: "};
    if (meets_older_database(report))
        return {
            "Where the database was made before this ledger, varve baseline VERSION --reason ... "
            "takes over what is there without running it; else correct it and run again.",
            ""};
    return {"Correct it and run again.", "Correct it, then: "};
}

}  // namespace

bool undoes(const RunReport& report) { return report.plan.direction == ledger::Direction::down; }

std::string in_doubt_of(const RunReport& report) {
    if (report.together) return "all " + counted(report.plan.steps.size(), "migration");
    return "\"" + report.plan.steps[report.stopped_at].entry.version.text + "\"";
}

std::string why_untold(const RunReport& report) {
    if (!report.last || report.last->why_untold.empty()) return "";
    return " (" + report.last->why_untold + ")";
}

std::string stopped_where(const RunReport& report) {
    const std::size_t left = report.plan.steps.size() - report.done_count;
    return counted(report.done_count, "migration") + (undoes(report) ? " undone, " : " applied, ") +
           std::to_string(left) + " not";
}

std::string after_failure(const RunReport& report) {
    if (report.last && !report.last->failure) return "\n" + report.last->message;
    if (!report.last) return "";
    if (report.last->failure->cause == FailureCause::transaction_ended)
        return "\nWhat came before the end of its transaction stays in the database: look there.";
    if (report.last->statements_done > 0 || !(report.together || report.last->transactional))
        return how_far(report);
    if (undoes(report))
        return "\n" + not_undone(report) + what_next(report).undoing + "varve rollback --only " +
               versions_left(report);
    return nothing_stays(report) + " " + what_next(report).running;
}

std::string after_cancelling(const RunReport& report) {
    if (!report.last || report.last->attempt == ledger::Uuid{} ||
        report.done_count >= report.plan.steps.size())
        return "";
    if (!report.together && !report.last->transactional) return how_far(report);
    return undoes(report) ? "\n" + not_undone(report) : nothing_stays(report);
}

std::string half_done(const RunReport& report) {
    const std::string& version = report.plan.steps[report.stopped_at].entry.version.text;
    return in_doubt_of(report) + ": " + report.last->message +
           ".\nNothing runs before somebody has looked: finish or undo by hand what it did, then "
           "varve resolve " +
           version + " --mark-applied (finished) or --mark-unapplied (undone) --reason ...";
}

}  // namespace tools::varve
