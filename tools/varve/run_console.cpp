#include "tools/varve/run_console.hpp"

#include "tools/varve/clock_text.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/display_width.hpp"
#include "tools/varve/event_table.hpp"
#include "tools/varve/examination_view.hpp"
#include "tools/varve/failure_view.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/late_answer.hpp"
#include "tools/varve/stopped_run.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace tools::varve {

using commands::RunEnd;
using commands::RunReport;
using commands::Step;
using commands::StepPlace;

namespace {

std::string label(const Step& step) {
    if (step.entry.name.empty() || step.entry.name == step.entry.version.text)
        return step.entry.version.text;
    return one_line(step.entry.version.text + "  " + step.entry.name);
}

std::string prefix(StepPlace place) {
    const std::string count = std::to_string(place.count);
    std::string number = std::to_string(place.number);
    number.insert(0, count.size() - number.size(), ' ');
    return "  " + number + "/" + count + "  ";
}

std::string_view end_text(RunEnd end) {
    switch (end) {
        case RunEnd::nothing_to_do:
            return "nothing_to_do";
        case RunEnd::succeeded:
            return "succeeded";
        case RunEnd::failed:
            return "failed";
        case RunEnd::lock_exhausted:
            return "lock_exhausted";
        case RunEnd::cancelled:
            return "cancelled";
        case RunEnd::in_doubt:
            return "in_doubt";
    }
    return "failed";
}

// What --on-failure rollback came to.
Json rollback_json(const Console& console, const RunReport& report) {
    if (report.not_undone)
        return {{"outcome", "refused"}, {"error", to_json(console.told(*report.not_undone))}};
    if (report.undone.empty()) return nullptr;
    const RunReport& undone = report.undone.front();
    return {{"outcome", end_text(undone.end)},
            {"run", undone.run ? Json(ledger::to_text(*undone.run)) : Json(nullptr)},
            {"undone_count", undone.done_count},
            {"elapsed_us", undone.elapsed_us},
            {"plan", to_json(undone.plan)},
            {"failure", run_failure_json(undone)}};
}

void conclude_json(const Invocation& invocation, const Console& console, const RunReport& report,
                   const std::string& target, const std::vector<std::string>& said) {
    Json document = new_document(invocation);
    document["target"] = target;
    document["outcome"] = end_text(report.end);
    document["run"] = report.run ? Json(ledger::to_text(*report.run)) : Json(nullptr);
    document[undoes(report) ? "undone_count" : "applied_count"] = report.done_count;
    document["elapsed_us"] = report.elapsed_us;
    document["settled_first"] = report.settled;
    document["plan"] = to_json(report.plan);
    document["failure"] = run_failure_json(report);
    document["notes"] = console.told(report.notes);
    for (const std::string& note : said) document["notes"].push_back(console.told(note));
    if (!undoes(report)) document["rollback"] = rollback_json(console, report);
    console.document(to_text(document));
}

std::string summary(const Console& console, const RunReport& report, const std::string& target) {
    const std::string verb = undoes(report) ? "Undone: " : "Applied: ";
    switch (report.end) {
        case RunEnd::nothing_to_do:
            return undoes(report) ? "Nothing to undo on " + target + "."
                                  : "Nothing to do: " + target + " is up to date.";
        case RunEnd::succeeded:
            return console.paint(Colour::green, verb) + counted(report.done_count, "migration") +
                   " in " + duration_text(report.elapsed_us) + ".";
        case RunEnd::failed:
            return console.paint(Colour::red, "Failed") + ": " + stopped_where(report) + "." +
                   after_failure(report);
        case RunEnd::lock_exhausted:
            return console.paint(Colour::red, "Stopped") + ": a lock was not to be had" +
                   (report.last && report.last->failure && report.last->failure->detail
                        ? " (" + *report.last->failure->detail + ")"
                        : "") +
                   "; " + stopped_where(report) + "." + after_failure(report);
        case RunEnd::cancelled:
            return console.paint(Colour::yellow, "Cancelled") + " by " +
                   (report.last ? report.last->message : "a signal") + ": " +
                   stopped_where(report) + "." + after_cancelling(report);
        case RunEnd::in_doubt:
            if (report.last && report.last->is_half_done)
                return console.paint(Colour::red, "In doubt") + ": " + half_done(report);
            return console.paint(Colour::red, "In doubt") +
                   ": the connection was lost and the target cannot tell yet what became of " +
                   in_doubt_of(report) + why_untold(report) +
                   ".\nvarve recover settles it when the target answers again, or says what a "
                   "person has "
                   "to tell.";
    }
    return "";
}

ExitCode exit_code_of_end(const RunReport& report) {
    switch (report.end) {
        case RunEnd::nothing_to_do:
        case RunEnd::succeeded:
            return ExitCode::fine;
        case RunEnd::failed:
            return ExitCode::migration_failed;
        case RunEnd::lock_exhausted:
            return ExitCode::lock;
        case RunEnd::in_doubt:
            return ExitCode::in_doubt;
        case RunEnd::cancelled:
            return report.last && report.last->message == "SIGINT" ? ExitCode::interrupted
                                                                   : ExitCode::terminated;
    }
    return ExitCode::error;
}

}  // namespace

std::string goes_on_text(const Step& step) {
    const auto first = step.entry.first_statement_index;
    if (first >= step.entry.statement_count) return "has no statement left to run";
    return "goes on at statement " + std::to_string(first + 1) + " of " +
           std::to_string(step.entry.statement_count);
}

void RunConsole::plan_ready(const commands::Plan& plan) {
    width_ = 0;
    for (const Step& step : plan.steps) width_ = std::max(width_, display_width(label(step)));
    width_ = std::min<std::size_t>(width_, 60);
    work_ = Workload{plan};
    view_ = {};
    working_ = false;
    began_ = std::chrono::steady_clock::now();
    console_.line((plan.direction == ledger::Direction::up ? "Applying " : "Undoing ") +
                  counted(plan.steps.size(), "migration") + " on " + target_);
}

void RunConsole::step_started(const Step& step, StepPlace place, std::uint32_t try_number) {
    if (try_number == 1 && step.entry.first_statement_index > 0)
        console_.line(prefix(place) + label(step) + "  " + goes_on_text(step));
    work_.start_step(place.number - 1, step.entry.first_statement_index);
    view_.step_number = place.number;
    view_.step_count = place.count;
    view_.label = label(step);
    view_.statement_number = step.entry.first_statement_index + 1;
    view_.statement_count = step.entry.statement_count;
    working_ = true;
    draw();
}

void RunConsole::statement_done(const Step&, const ledger::StatementResult& result) {
    work_.finish_statement(result.statement_index);
    view_.statement_number = result.statement_index + 2;
    draw();
}

void RunConsole::tick() {
    if (is_stop_requested()) explain_delay();
    draw();
}

void RunConsole::explain_delay() {
    constexpr std::chrono::seconds patience{2};
    const auto now = std::chrono::steady_clock::now();
    if (!asked_to_stop_) asked_to_stop_ = now;
    if (has_explained_ || now - *asked_to_stop_ < patience) return;
    has_explained_ = true;
    console_.warn(asked_to_stop_and_waits);
}

void RunConsole::answer_is_late() {
    if (is_stop_requested() || std::exchange(has_told_late_, true)) return;
    console_.warn(still_waiting);
}

void RunConsole::draw() {
    const auto now = std::chrono::steady_clock::now();
    if (!working_ || now - drawn_ < std::chrono::milliseconds{100}) return;
    const auto columns = console_.progress_columns();
    if (!columns) return;
    drawn_ = now;
    view_.done_share = work_.done_share();
    view_.elapsed_us = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - began_).count());
    view_.left_us = work_.left_us(view_.elapsed_us);
    console_.progress(progress_line(view_, *columns));
}

void RunConsole::step_succeeded(const Step& step, StepPlace place, std::uint64_t elapsed_us) {
    work_.finish_step();
    working_ = false;
    if (console_.quiet()) return;
    std::string text = label(step);
    if (const auto width = display_width(text); width < width_) text.append(width_ - width, ' ');
    std::string extra;
    if (!step.mode_cause.empty()) extra = "  (not one transaction: " + step.mode_cause + ")";
    console_.line(prefix(place) + text + "  " + console_.paint(Colour::green, "ok") + "  " +
                  console_.paint(Colour::grey, duration_text(elapsed_us) + extra));
}

void RunConsole::step_failed(const Step& step, StepPlace place,
                             const commands::AttemptFailed& failure) {
    working_ = false;
    console_.progress("");
    console_.line(prefix(place) + label(step) + "  " + console_.paint(Colour::red, "failed"));
    console_.diagnostic(as_diagnostic(step, failure), folder_);
}

void RunConsole::retrying(const Step& step, std::uint32_t try_number, std::uint64_t pause_us,
                          const commands::AttemptFailed& why) {
    std::string cause = ", without a transaction";
    if (pause_us != 0) cause = ", in " + duration_text(pause_us) + ": " + why.message;
    if (pause_us != 0 && why.detail) cause += "; " + *why.detail;
    console_.note("  " + label(step) + ": try " + std::to_string(try_number) + cause);
}

void RunConsole::in_doubt(const commands::Examination& examination) {
    print(console_, examination);
}

void RunConsole::settled(const ledger::Version& version, const ledger::Event& verdict) {
    const bool applied = std::holds_alternative<ledger::AttemptSucceeded>(verdict);
    console_.line("Settled what an earlier command left in doubt: \"" + version.text + "\" " +
                  (applied ? "had happened." : "had not happened, or not wholly."));
}

void RunConsole::found_applied(const ledger::Version& version) {
    console_.line("\"" + version.text +
                  "\" had been applied by the run that was interrupted; its marker is there.");
}

void RunConsole::events_ahead(const commands::EventsAhead& ahead) {
    if (!std::exchange(has_told_ahead_, true)) console_.warn(text_of(ahead));
}

void RunConsole::server_clock_differs(std::int64_t server_us, std::int64_t ours_us) {
    if (!std::exchange(has_told_server_, true))
        console_.warn(server_clock_text(server_us, ours_us));
}

void RunConsole::note(std::string_view what) {
    console_.note(what);
    constexpr std::string_view sign = "Note: ";
    const bool is_sentence = what.starts_with(sign) && what.ends_with('.');
    notes_.emplace_back(is_sentence ? what.substr(sign.size(), what.size() - sign.size() - 1)
                                    : what);
}

ExitCode exit_code_of(const RunReport& report) {
    const ExitCode own = exit_code_of_end(report);
    ExitCode undoing = ExitCode::fine;
    if (report.not_undone) undoing = exit_code_of(*report.not_undone);
    for (const RunReport& undone : report.undone) undoing = exit_code_of_end(undone);
    for (const ExitCode graver :
         {ExitCode::in_doubt, ExitCode::integrity, ExitCode::migration_failed})
        if (own == graver || undoing == graver) return graver;
    return own;
}

void conclude(const Invocation& invocation, const Console& console, const RunReport& report,
              const std::string& target, const std::vector<std::string>& said) {
    if (console.json()) return conclude_json(invocation, console, report, target, said);
    for (const std::string& note : report.notes) console.line("Note: " + console.told(note) + ".");
    console.line(console.told(summary(console, report, target)));
    for (const RunReport& undone : report.undone)
        console.line(console.told("Of this run: " + summary(console, undone, target)));
    if (!report.not_undone) return;
    console.line(console.paint(Colour::red, "Not undone") + ": " +
                 counted(report.done_count, "migration") + " of this run stay applied.");
    console.error(*report.not_undone);
}

}  // namespace tools::varve
