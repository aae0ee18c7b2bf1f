#include "tools/varve/event_text.hpp"
#include "tools/varve/evidence_attempts.hpp"
#include "tools/varve/evidence_html.hpp"
#include "tools/varve/evidence_report.hpp"
#include "tools/varve/time_text.hpp"

#include <map>

namespace tools::varve {

namespace {

struct Script {
    std::string what;  // "up"
    ledger::Digest digest;
    std::uint64_t position{};  // of the event that first names it
};

struct Change {
    std::string name;
    std::string path;
    std::optional<std::string> author;
    std::vector<Script> scripts;            // in the order they were seen
    std::vector<ReportedAttempt> attempts;  // likewise
    std::map<ledger::Uuid, std::size_t> attempt_indexes;
    std::vector<std::string> checks;
    std::vector<const EvidenceEvent*> decisions;
};

using Changes = std::map<std::string, Change>;

ReportedAttempt& attempt_of(Change& change, const ledger::Uuid& id) {
    const auto [found, is_new] = change.attempt_indexes.emplace(id, change.attempts.size());
    if (is_new) change.attempts.emplace_back();
    return change.attempts[found->second];
}

void note_script(Change& change, const std::string& what, const ledger::Digest& digest,
                 const EvidenceEvent& event) {
    for (const Script& known : change.scripts)
        if (known.digest == digest) return;
    change.scripts.push_back({what, digest, event.record.position});
}

// Of these bytes and no others: a script that was revised has been checked once more, or has not.
std::string check_text(const ledger::Digest& up, const EvidenceEvent& event) {
    constexpr std::size_t digits_told = 12;
    return told_text(event.record.data) + " (event " + std::to_string(event.record.position) +
           ", of " + ledger::hex(up).substr(0, digits_told) + ")";
}

template <class E>
void note_registration(Change& change, const E& it, const EvidenceEvent& event) {
    change.name = it.name;
    change.path = it.path;
    if constexpr (requires { it.author; }) change.author = it.author;
    note_script(change, "up", it.up.digest, event);
    if (it.down) note_script(change, "down", it.down->digest, event);
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
                    note_registration(change, it, event);
                else if constexpr (requires {
                                       it.attempt;
                                       it.try_number;
                                   }) {
                    attempt_of(change, it.attempt).started = &event;
                    if (change.name.empty()) change.name = it.name;
                    if (it.executed) note_script(change, "as executed", it.executed->digest, event);
                } else if constexpr (requires {
                                         it.attempt;
                                         it.digest;
                                         it.elapsed_us;
                                         it.direction;
                                     })
                    attempt_of(change, it.attempt).ended = &event;
                else if constexpr (requires { it.result; })
                    attempt_of(change, it.attempt).committed.push_back(&event);
                else if constexpr (
                    requires { it.findings; } || requires { it.checks; })
                    change.checks.push_back(check_text(it.up, event));
                else
                    change.decisions.push_back(&event);
            }
        },
        event.record.data);
}

// The events beside a range are no part of it, and may begin or end what is.
void note_edge(Changes& changes, const EvidenceEvent& edge) {
    std::visit(
        [&](const auto& it) {
            if constexpr (requires {
                              it.version;
                              it.attempt;
                              it.direction;
                          }) {
                const auto change = changes.find(it.version.text);
                if (change == changes.end() || !change->second.attempt_indexes.contains(it.attempt))
                    return;
                ReportedAttempt& attempt = attempt_of(change->second, it.attempt);
                if constexpr (requires { it.try_number; })
                    attempt.started = &edge;
                else if constexpr (requires { it.elapsed_us; })
                    attempt.ended = &edge;
            }
        },
        edge.record.data);
}

std::string script_html(const Evidence& evidence, const Script& script) {
    const ledger::Digest& digest = script.digest;
    std::string html = "<h4>SQL, " + html_text(script.what) + ", from event " +
                       std::to_string(script.position) + "</h4>\n<p class=\"digest\">SHA-256 " +
                       ledger::hex(digest) + "</p>\n";
    const auto found = evidence.contents.find(digest);
    if (found == evidence.contents.end() || !found->second.bytes)
        return html + "<p class=\"missing\">The text is not here: " +
               (found != evidence.contents.end() && found->second.redacted_by
                    ? "redacted by event " + std::to_string(*found->second.redacted_by)
                    : std::string{"the ledger does not keep it"}) +
               ".</p>\n";
    return html + html_pre(*found->second.bytes);
}

std::string decision_html(const ledger::Record& record) {
    const std::string why = why_text(record);
    return "<p>" + html_text(instant_text(record.recorded_at_us)) + " " +
           html_text(person(record)) + ": " + html_text(sentence(record.data)) + " (event " +
           std::to_string(record.position) + "). " +
           html_text(why.empty() ? "No reason was given." : why) + "</p>\n";
}

// What has no attempt here may be there all the same.
std::string attempts_text(const Change& change) {
    if (!change.attempts.empty()) return std::to_string(change.attempts.size());
    const std::string none = "none in this bundle";
    if (change.decisions.empty()) return none;
    return none + ": event " + std::to_string(change.decisions.front()->record.position) +
           " says how it counts";
}

std::string change_html(const Evidence& evidence, const std::string& version,
                        const Change& change) {
    std::string html = "<section class=\"change\">\n<h3>" + html_text(version) + " " +
                       html_text(change.name) + "</h3>\n<table class=\"facts\">\n";
    if (!change.path.empty()) html += html_row("File", change.path);
    html += html_row("Author", change.author.value_or("not recorded"));
    std::string checks;
    for (const std::string& check : change.checks) checks += (checks.empty() ? "" : "; ") + check;
    html += html_row("Checks", checks.empty() ? "none in this bundle" : checks);
    html += html_row("Attempts", attempts_text(change));
    html += "</table>\n";
    std::size_t number = 0;
    for (const ReportedAttempt& attempt : change.attempts)
        html +=
            "<h4>Attempt " + std::to_string(++number) + "</h4>\n" + attempt_html(evidence, attempt);
    for (const EvidenceEvent* event : change.decisions) html += decision_html(event->record);
    for (const Script& script : change.scripts) html += script_html(evidence, script);
    return html + "</section>\n";
}

}  // namespace

std::string changes_html(const Evidence& evidence) {
    Changes changes;
    for (const EvidenceEvent& event : evidence.events)
        if (event.role != commands::EvidenceRole::boundary) note(changes, event);
    for (const EvidenceEvent& event : evidence.events)
        if (event.role == commands::EvidenceRole::boundary) note_edge(changes, event);
    std::string html = "<h2>What changed</h2>\n";
    if (changes.empty()) html += "<p>No migration is named by the events of this bundle.</p>\n";
    for (const auto& [version, change] : changes) html += change_html(evidence, version, change);
    return html;
}

}  // namespace tools::varve
