#include "tools/varve/evidence_report.hpp"

#include "commands/control_map.hpp"
#include "commands/review.hpp"
#include "ledger/listed.hpp"
#include "tools/varve/evidence_attempts.hpp"
#include "tools/varve/evidence_documents.hpp"
#include "tools/varve/evidence_html.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>

namespace tools::varve {

using commands::EvidenceRole;

namespace {

constexpr std::string_view style = R"(
body { font: 11pt/1.45 Georgia, serif; color: #1a1a1a; max-width: 52rem; margin: 2rem auto;
       padding: 0 1rem; }
h1, h2, h3, h4, th { font-family: Helvetica, Arial, sans-serif; }
h1 { font-size: 1.7rem; } h2 { border-bottom: 1px solid #999; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem;
         border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
table.facts th { width: 9rem; font-weight: 600; }
pre, code, .digest { font-family: "DejaVu Sans Mono", Menlo, monospace; font-size: .8rem; }
pre { background: #f5f5f2; border: 1px solid #ddd; padding: .6rem; white-space: pre-wrap;
      overflow-wrap: anywhere; }
.digest { color: #555; overflow-wrap: anywhere; }
.missing, .open { color: #8a2b00; } .context { color: #666; }
@media print {
  body { font-size: 9.5pt; max-width: none; margin: 0; }
  h2, h3, h4 { break-after: avoid; } tr { break-inside: avoid; }
  section.change { break-before: page; } pre { background: none; }
}
@page { margin: 18mm 16mm; }
)";

// NAME+ID of a verifier key: after a rotation several keys have the same name.
std::string name_and_id(const std::string& verifier) {
    const std::size_t name_end = verifier.find('+');
    return verifier.substr(0, verifier.find('+', name_end + 1));
}

std::string signers_text(const Evidence& evidence) {
    const auto note = ledger::note_from_text(evidence.note);
    std::string text;
    for (const EvidenceKey& key : evidence.keys) {
        const bool counts = !key.until || evidence.checkpoint.size <= *key.until;
        const bool has_signed =
            note && counts &&
            std::any_of(note->signatures.begin(), note->signatures.end(),
                        [&](const ledger::Signature& signature) {
                            return signature.name == key.verifier.name &&
                                   signature.key_id == ledger::key_id(key.verifier);
                        });
        if (has_signed)
            text += (text.empty() ? "" : ", ") + name_and_id(ledger::to_text(key.verifier));
    }
    return text;
}

std::string cosigners_text(const Evidence& evidence) {
    if (evidence.witnesses.empty()) return "nobody: no witness has cosigned this checkpoint";
    std::string text;
    for (const std::string& verifier : evidence.witnesses)
        text += (text.empty() ? "" : ", ") + name_and_id(verifier);
    return text + "; whose key that is, whoever has it from elsewhere can tell";
}

std::string summary_html(const Evidence& evidence) {
    std::string html = "<table class=\"facts\">\n";
    html += html_row("Asked for", scope_text(evidence.scope));
    html += html_row("Organisation", evidence.organisation);
    html += html_row("Ledger", ledger::to_text(evidence.ledger));
    html += html_row("Checkpoint", evidence.checkpoint.origin + ", " +
                                       std::to_string(evidence.checkpoint.size) +
                                       " events, up to " + instant_text(evidence.recorded_at_us));
    html += html_row("Root", ledger::hex(evidence.checkpoint.root));
    html += html_row("Signed by", signers_text(evidence));
    html += html_row("Cosigned by", cosigners_text(evidence));
    html += "</table>\n<h2>What is complete</h2>\n";
    for (const std::string& sentence : completeness_sentences(evidence))
        html += "<p>" + html_text(sentence) + "</p>\n";
    std::string missing;
    for (const auto& [digest, content] : evidence.contents)
        if (!content.bytes)
            missing +=
                "<li class=\"digest\">" + ledger::hex(digest) + " (" +
                html_text(content.reference.kind) + ")" +
                (content.redacted_by ? ", redacted by event " + std::to_string(*content.redacted_by)
                                     : std::string{", not kept"}) +
                "</li>\n";
    if (!missing.empty())
        html +=
            "<p>Texts that events name and that are not here; the events are proved all the "
            "same:</p>\n<ul>\n" +
            missing + "</ul>\n";
    return html;
}

// The gates that did not stop it, with what they said.
std::string overridden_text(const ledger::Event& event) {
    std::string text;
    std::visit(
        [&](const auto& it) {
            if constexpr (requires { it.gates; })
                for (const ledger::GateVerdict& gate : it.gates)
                    if (commands::is_overridden(gate))
                        text += "; gate " + gate.gate + ": " + gate.detail;
        },
        event);
    return text;
}

std::string exceptions_html(const Evidence& evidence) {
    std::string rows;
    for (const EvidenceEvent& event : evidence.events) {
        const ledger::Record& record = event.record;
        const bool is_open = evidence.in_doubt.contains(record.position);
        const auto kind = commands::exception_in(record, evidence.in_doubt);
        if (!kind || event.role == EvidenceRole::boundary) continue;
        const std::string why = why_text(record);
        rows += event.role == EvidenceRole::selected ? "<tr>" : "<tr class=\"context\">";
        rows += html_cell(std::to_string(record.position)) +
                html_cell(instant_short(record.recorded_at_us)) + html_cell(record.actor.id) +
                html_cell(commands::to_text(*kind)) +
                html_cell(told_text(record.data) + overridden_text(record.data) +
                          (is_open ? "; no end of it is recorded" : "")) +
                html_cell(why.empty() ? "no reason was given" : why) + "</tr>\n";
    }
    const std::string head =
        "<h2>Exceptions</h2>\n<p>What was no routine: failures, what is in doubt, refusals, "
        "decisions, overridden gates, what was cancelled or settled afterwards, redactions, "
        "restores, keys, a clock that "
        "went back. Grey: not asked for.</p>\n";
    if (rows.empty()) return head + "<p>None among the events of this bundle.</p>\n";
    return head +
           "<table><thead><tr><th>Event</th><th>Time (UTC)</th><th>By</th><th>Kind</th>"
           "<th>What</th><th>Why</th></tr></thead><tbody>\n" +
           rows + "</tbody></table>\n";
}

std::string timeline_html(const Evidence& evidence) {
    std::string html =
        "<h2>Timeline</h2>\n<p>Grey: not asked for, and here because the rest stands on it.</p>\n"
        "<table><thead><tr><th>Event</th><th>Time (UTC)</th><th>By</th><th>What</th><th>Why</th>"
        "</tr></thead><tbody>\n";
    for (const EvidenceEvent& event : evidence.events) {
        const ledger::Record& record = event.record;
        const bool boundary = event.role == EvidenceRole::boundary;
        html += event.role == EvidenceRole::selected ? "<tr>" : "<tr class=\"context\">";
        html += html_cell(std::to_string(record.position)) +
                html_cell(instant_short(record.recorded_at_us)) + html_cell(record.actor.id) +
                html_cell(told_text(record.data) +
                          (boundary ? " (outside: shows where the range ends)" : "")) +
                html_cell(why_text(record)) + "</tr>\n";
    }
    return html + "</tbody></table>\n";
}

std::string positions_text(const commands::ControlQuestion& question, const Evidence& evidence) {
    constexpr std::size_t shown_max = 12;
    std::vector<std::string> positions;
    for (const EvidenceEvent& event : evidence.events)
        if (event.role != EvidenceRole::boundary && commands::answers(question, event.record))
            positions.push_back(std::to_string(event.record.position));
    return ledger::listed(positions, shown_max);
}

std::string control_map_html(const Evidence& evidence) {
    std::string html =
        "<h2>Control map</h2>\n<p>Which event answers which question. A question for which the "
        "bundle has no event is said to be not answered; control-map.json has all "
        "positions.</p>\n<table><thead><tr><th>Control</th><th>Question</th><th>Events</th>"
        "<th>Note</th></tr></thead><tbody>\n";
    for (const commands::ControlQuestion& question : commands::control_questions()) {
        const std::string positions = positions_text(question, evidence);
        html +=
            "<tr>" +
            html_cell(std::string{question.framework} + " " + std::string{question.control}) +
            html_cell(question.question) +
            (positions.empty() ? "<td class=\"open\">not answered</td>" : html_cell(positions)) +
            html_cell(question.note) + "</tr>\n";
    }
    return html + "</tbody></table>\n";
}

std::string signatures_html(const Evidence& evidence) {
    std::string html = "<h2>Checkpoint and keys</h2>\n" + html_pre(evidence.note);
    html +=
        "<table><thead><tr><th>Key</th><th>Counts from event</th><th>Counts up to</th></tr>"
        "</thead><tbody>\n";
    for (const EvidenceKey& key : evidence.keys)
        html += "<tr>" + html_cell(ledger::to_text(key.verifier)) +
                html_cell(std::to_string(key.since)) +
                html_cell(key.until ? std::to_string(*key.until) + " events" : "in use") +
                "</tr>\n";
    return html + "</tbody></table>\n";
}

}  // namespace

std::string report_html(const Evidence& evidence) {
    const std::string title = "Evidence: " + scope_text(evidence.scope);
    std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    html +=
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'unsafe-inline'\">\n";
    html += "<title>" + html_text(title) + "</title>\n<style>" + std::string{style} + "</style>\n";
    html += "</head>\n<body>\n<h1>" + html_text(title) + "</h1>\n";
    html += summary_html(evidence);
    html += exceptions_html(evidence);
    html += changes_html(evidence);
    html += timeline_html(evidence);
    html += control_map_html(evidence);
    html += signatures_html(evidence);
    html +=
        "<h2>How to verify</h2>\n<p>This page is a reading aid: it is made from the files beside "
        "it, and those are what is proved. README.txt says how.</p>\n" +
        html_pre(readme_text(evidence));
    return html + "</body>\n</html>\n";
}

}  // namespace tools::varve
