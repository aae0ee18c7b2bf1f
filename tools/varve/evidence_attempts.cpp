#include "tools/varve/evidence_attempts.hpp"

#include "commands/progress_made.hpp"
#include "ledger/codec.hpp"
#include "ledger/spelling.hpp"
#include "tools/varve/event_text.hpp"
#include "tools/varve/evidence_html.hpp"
#include "tools/varve/evidence_report.hpp"
#include "tools/varve/time_text.hpp"

namespace tools::varve {

namespace {

using Statements = std::vector<ledger::StatementResult>;

const ledger::AttemptStarted* start_of(const ReportedAttempt& attempt) {
    return attempt.started != nullptr
               ? std::get_if<ledger::AttemptStarted>(&attempt.started->record.data)
               : nullptr;
}

std::string at_event(const EvidenceEvent& event) {
    return " (event " + std::to_string(event.record.position) +
           (event.role == commands::EvidenceRole::boundary ? ", beside the range)" : ")");
}

std::string when_text(const ReportedAttempt& attempt) {
    const EvidenceEvent& first = attempt.first();
    return instant_text(first.record.recorded_at_us) + at_event(first) +
           (attempt.started == nullptr ? "; its beginning is not in this bundle" : "");
}

std::string result_text(const Evidence& evidence, const ReportedAttempt& attempt) {
    if (attempt.ended == nullptr && attempt.started != nullptr &&
        evidence.in_doubt.contains(attempt.started->record.position))
        return "in doubt: up to the checkpoint of this bundle no outcome is recorded";
    if (attempt.ended == nullptr) return "its end is not in this bundle";
    return sentence(attempt.ended->record.data, TargetTold::beside) + at_event(*attempt.ended);
}

std::string done_text(const ReportedAttempt& attempt, std::uint32_t done, std::uint32_t count) {
    const auto* start = start_of(attempt);
    if (start != nullptr && start->transactional)
        return "nothing: it was one transaction, and was undone with it";
    if (start == nullptr && done == 0 && attempt.committed.empty())
        return "no statement of " + std::to_string(count) + " is done and stays";
    return std::to_string(done) + " of " + std::to_string(count) +
           (count == 1 ? " statement" : " statements") + (done == 1 ? " is" : " are") +
           " done and stay" + (done == 1 ? "s" : "");
}

// Where in its hint stands what a concurrent build has left.
std::size_t leftover_place(const ledger::AttemptFailed& failed) {
    return failed.hint ? failed.hint->find(commands::invalid_index_stays) : std::string::npos;
}

// Of an attempt that did not succeed: what it has left behind.
std::string remains_text(const ReportedAttempt& attempt) {
    if (attempt.ended == nullptr) return "";
    const ledger::Event& end = attempt.ended->record.data;
    if (const auto* cancelled = std::get_if<ledger::AttemptCancelled>(&end))
        return done_text(attempt, cancelled->statements_done, cancelled->statement_count);
    const auto* failed = std::get_if<ledger::AttemptFailed>(&end);
    if (failed == nullptr) return "";
    std::string text = done_text(attempt, failed->statements_done, failed->statement_count);
    for (const std::string& survivor : failed->survivors)
        text +=
            (&survivor == &failed->survivors.front() ? "; not undone with it: " : ", ") + survivor;
    const std::size_t place = leftover_place(*failed);
    if (place != std::string::npos) text += ". " + failed->hint->substr(place);
    return text;
}

// What the server advises.
std::string hint_text(const ReportedAttempt& attempt) {
    const auto* failed = attempt.ended != nullptr
                             ? std::get_if<ledger::AttemptFailed>(&attempt.ended->record.data)
                             : nullptr;
    return failed != nullptr && failed->hint ? failed->hint->substr(0, leftover_place(*failed))
                                             : std::string{};
}

// Its results: with the event of its success, in content beside that, or one by one.
Statements statements_of(const Evidence& evidence, const ReportedAttempt& attempt) {
    const auto* done = attempt.ended != nullptr
                           ? std::get_if<ledger::AttemptSucceeded>(&attempt.ended->record.data)
                           : nullptr;
    if (done != nullptr && !done->statements.empty()) return done->statements;
    if (done != nullptr && done->statements_content) {
        const auto content = evidence.contents.find(done->statements_content->digest);
        if (content != evidence.contents.end() && content->second.bytes)
            if (auto statements = ledger::decode_statements(*content->second.bytes))
                return std::move(*statements);
    }
    Statements statements;
    for (const EvidenceEvent* event : attempt.committed)
        if (const auto* committed = std::get_if<ledger::StatementSucceeded>(&event->record.data))
            statements.push_back(committed->result);
    return statements;
}

std::string statements_html(const Statements& statements) {
    if (statements.empty()) return "";
    std::string html =
        "<table><thead><tr><th>Statement</th><th>Line</th><th>Result</th><th>Rows</th>"
        "<th>Duration</th></tr></thead><tbody>\n";
    for (const ledger::StatementResult& result : statements)
        html += "<tr>" + html_cell(std::to_string(result.statement_index + 1)) +
                html_cell(std::to_string(result.line)) + html_cell(result.command_tag) +
                html_cell(result.row_count ? std::to_string(*result.row_count) : "") +
                html_cell(duration_text(result.elapsed_us)) + "</tr>\n";
    return html + "</tbody></table>\n";
}

// Where it ran, which way, and which bytes: as the first event that the bundle has of it says.
std::string order_html(const EvidenceEvent& event) {
    std::string target;
    std::string direction;
    std::string script;
    std::visit(
        [&](const auto& it) {
            if constexpr (requires { it.target; }) target = it.target.name;
            if constexpr (requires { it.direction; }) direction = ledger::spell(it.direction);
            if constexpr (requires {
                              it.attempt;
                              it.digest;
                          })
                if constexpr (std::is_same_v<decltype(it.digest), ledger::Digest>)
                    script = "SHA-256 " + ledger::hex(it.digest);
            if constexpr (requires { it.executed; })
                if (it.executed) script += ", sent as " + ledger::hex(it.executed->digest);
        },
        event.record.data);
    std::string html = html_row("Where", target);
    if (!direction.empty()) html += html_row("Direction", direction);
    if (!script.empty()) html += html_row("Script", script);
    return html;
}

}  // namespace

std::string person(const ledger::Record& record) {
    return record.actor.id + " (" + std::string{ledger::spell(record.actor.kind)} + ") on " +
           record.actor.host;
}

std::string why_text(const ledger::Record& record) {
    if (!record.reason) return record.ticket ? "ticket " + *record.ticket : std::string{};
    return *record.reason + (record.ticket ? " (ticket " + *record.ticket + ")" : "");
}

std::string told_text(const ledger::Event& event) {
    const std::string findings = findings_text(event);
    return sentence(event) + (findings.empty() ? "" : ": " + findings);
}

std::string attempt_html(const Evidence& evidence, const ReportedAttempt& attempt) {
    const ledger::Record& record = attempt.first().record;
    std::string html = "<table class=\"facts\">\n";
    html += order_html(attempt.started != nullptr || attempt.ended == nullptr ? attempt.first()
                                                                              : *attempt.ended);
    html += html_row("When", when_text(attempt));
    html += html_row("By whom", person(record));
    html += html_row("Why", record.reason.value_or("no reason was given"));
    html += html_row("Ticket", record.ticket.value_or("none was given"));
    html += html_row("Approved", "not recorded: this version of Varve keeps no approvals");
    html += html_row("Run", record.run ? ledger::to_text(*record.run) : "none");
    html += html_row("Result", result_text(evidence, attempt));
    const std::string hint = hint_text(attempt);
    if (!hint.empty()) html += html_row("Hint", hint);
    const std::string remains = remains_text(attempt);
    if (!remains.empty()) html += html_row("What stays", remains);
    return html + "</table>\n" + statements_html(statements_of(evidence, attempt));
}

}  // namespace tools::varve
