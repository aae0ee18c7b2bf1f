#include "ledger/spelling.hpp"
#include "tools/varve/event_text.hpp"
#include "tools/varve/evidence_report.hpp"
#include "tools/varve/time_text.hpp"

#include <map>

namespace tools::varve {

namespace {

struct Attempt {
    const EvidenceEvent* started{};
    const EvidenceEvent* ended{};
};

struct Change {
    std::string name;
    std::string path;
    std::optional<std::string> author;
    std::vector<std::pair<std::string, ledger::Digest>> scripts;  // in the order they were seen
    std::map<ledger::Uuid, Attempt> attempts;                     // their ids sort by time
    std::vector<const EvidenceEvent*> decisions;
};

using Changes = std::map<std::string, Change>;

void note_script(Change& change, const std::string& what, const ledger::Digest& digest) {
    for (const auto& [name, known] : change.scripts)
        if (known == digest) return;
    change.scripts.emplace_back(what, digest);
}

template <class E>
void note_registration(Change& change, const E& event) {
    change.name = event.name;
    change.path = event.path;
    if constexpr (requires { event.author; }) change.author = event.author;
    note_script(change, "up", event.up.digest);
    if (event.down) note_script(change, "down", event.down->digest);
}

void note(Changes& changes, const EvidenceEvent& event) {
    std::visit(
        [&](const auto& it) {
            if constexpr (requires { it.version; }) {
                Change& change = changes[it.version.text];
                if constexpr (requires {
                                  it.path;
                                  it.name;
                              })
                    note_registration(change, it);
                else if constexpr (requires {
                                       it.attempt;
                                       it.try_number;
                                   }) {
                    change.attempts[it.attempt].started = &event;
                    if (change.name.empty()) change.name = it.name;
                    if (it.executed) note_script(change, "as executed", it.executed->digest);
                } else if constexpr (requires {
                                         it.attempt;
                                         it.digest;
                                         it.elapsed_us;
                                         it.direction;
                                     })
                    change.attempts[it.attempt].ended = &event;
                else if constexpr (
                    !requires { it.result; } && !requires { it.findings; } &&
                    !requires { it.checks; })
                    change.decisions.push_back(&event);
            }
        },
        event.record.data);
}

std::string cell(std::string_view text) { return "<td>" + html_text(text) + "</td>"; }

std::string row(std::string_view name, std::string_view value) {
    return "<tr><th>" + html_text(name) + "</th>" + cell(value) + "</tr>\n";
}

std::string person(const ledger::Record& record) {
    return record.actor.id + " (" + std::string{ledger::spell(record.actor.kind)} + ") on " +
           record.actor.host;
}

std::string statements_html(const std::vector<ledger::StatementResult>& statements) {
    if (statements.empty()) return "";
    std::string html =
        "<table><thead><tr><th>Statement</th><th>Line</th><th>Result</th><th>Rows</th>"
        "<th>Duration</th></tr></thead><tbody>\n";
    for (const ledger::StatementResult& result : statements)
        html += "<tr>" + cell(std::to_string(result.statement_index + 1)) +
                cell(std::to_string(result.line)) + cell(result.command_tag) +
                cell(result.row_count ? std::to_string(*result.row_count) : "") +
                cell(duration_text(result.elapsed_us)) + "</tr>\n";
    return html + "</tbody></table>\n";
}

std::string result_text(const Attempt& attempt) {
    if (attempt.ended == nullptr) return "its end is not in this bundle";
    const ledger::Record& record = attempt.ended->record;
    return sentence(record.data) + " (event " + std::to_string(record.position) + ")";
}

std::string attempt_html(const Attempt& attempt) {
    const EvidenceEvent* event = attempt.started != nullptr ? attempt.started : attempt.ended;
    const ledger::Record& record = event->record;
    std::string target;
    std::visit(
        [&](const auto& it) {
            if constexpr (requires { it.target; }) target = it.target.name;
        },
        record.data);
    std::string html = "<table class=\"facts\">\n";
    html += row("Where", target);
    html += row("When", instant_text(record.recorded_at_us) + " (event " +
                            std::to_string(record.position) + ")");
    html += row("By whom", person(record));
    html += row("Why", record.reason.value_or("no reason was given"));
    html += row("Ticket", record.ticket.value_or("none was given"));
    html += row("Approved", "not recorded: this version of Varve keeps no approvals");
    html += row("Run", record.run ? ledger::to_text(*record.run) : "none");
    html += row("Result", result_text(attempt));
    html += "</table>\n";
    if (attempt.ended != nullptr)
        if (const auto* done = std::get_if<ledger::AttemptSucceeded>(&attempt.ended->record.data))
            html += statements_html(done->statements);
    return html;
}

std::string script_html(const Evidence& evidence, const std::string& what,
                        const ledger::Digest& digest) {
    std::string html = "<h4>SQL, " + html_text(what) + "</h4>\n<p class=\"digest\">SHA-256 " +
                       ledger::hex(digest) + "</p>\n";
    const auto found = evidence.contents.find(digest);
    if (found == evidence.contents.end() || !found->second.bytes)
        return html + "<p class=\"missing\">The text is not here: " +
               (found != evidence.contents.end() && found->second.redacted_by
                    ? "redacted by event " + std::to_string(*found->second.redacted_by)
                    : std::string{"the ledger does not keep it"}) +
               ".</p>\n";
    return html + "<pre>" + html_text(*found->second.bytes) + "</pre>\n";
}

std::string change_html(const Evidence& evidence, const std::string& version,
                        const Change& change) {
    std::string html = "<section class=\"change\">\n<h3>" + html_text(version) + " " +
                       html_text(change.name) + "</h3>\n<table class=\"facts\">\n";
    if (!change.path.empty()) html += row("File", change.path);
    html += row("Author", change.author.value_or("not recorded"));
    html += row("Attempts", std::to_string(change.attempts.size()));
    html += "</table>\n";
    std::size_t number = 0;
    for (const auto& [id, attempt] : change.attempts) {
        html += "<h4>Attempt " + std::to_string(++number) + "</h4>\n" + attempt_html(attempt);
    }
    for (const EvidenceEvent* event : change.decisions)
        html += "<p>" + html_text(instant_text(event->record.recorded_at_us)) + " " +
                html_text(person(event->record)) + ": " + html_text(sentence(event->record.data)) +
                " (event " + std::to_string(event->record.position) + "). " +
                html_text(event->record.reason.value_or("No reason was given.")) + "</p>\n";
    for (const auto& [what, digest] : change.scripts) html += script_html(evidence, what, digest);
    return html + "</section>\n";
}

}  // namespace

std::string changes_html(const Evidence& evidence) {
    Changes changes;
    for (const EvidenceEvent& event : evidence.events)
        if (event.role != commands::EvidenceRole::boundary) note(changes, event);
    std::string html = "<h2>What changed</h2>\n";
    if (changes.empty()) html += "<p>No migration is named by the events of this bundle.</p>\n";
    for (const auto& [version, change] : changes) html += change_html(evidence, version, change);
    return html;
}

}  // namespace tools::varve
