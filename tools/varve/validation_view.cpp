#include "tools/varve/validation_view.hpp"

#include "migrations/rules/rule.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/finding_formats.hpp"
#include "tools/varve/finding_json.hpp"

#include <algorithm>
#include <array>

namespace tools::varve {

using migrations::Diagnostic;
using migrations::Severity;

namespace {

std::size_t count(const std::vector<Diagnostic>& findings, Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(), [&](const Diagnostic& finding) {
            return finding.severity == severity && !finding.accepted_because;
        }));
}

std::string summary(const Invocation& invocation, const Validation& validation) {
    const auto& findings = validation.findings;
    const auto accepted = static_cast<std::size_t>(std::count_if(
        findings.begin(), findings.end(),
        [](const Diagnostic& finding) { return finding.accepted_because.has_value(); }));
    const std::size_t notes = count(findings, Severity::note);
    std::string text = validation.what + ", " + counted(count(findings, Severity::error), "error") +
                       ", " + counted(count(findings, Severity::warning), "warning");
    if (accepted > 0) text += ", " + std::to_string(accepted) + " accepted";
    if (notes > 0)
        text +=
            ", " + counted(notes, "note") + (invocation.verbose ? "" : " (--verbose shows them)");
    return text;
}

std::string weight_of(const migrations::rules::Rule& rule,
                      const migrations::rules::Policy& policy) {
    constexpr std::array<std::string_view, 3> words{"error", "warning", "note"};
    const auto severity = migrations::rules::severity_of(rule, policy);
    return severity ? std::string{words.at(static_cast<std::size_t>(*severity))} : "off";
}

}  // namespace

ExitCode show(const Invocation& invocation, const Console& console, const ValidateOptions& options,
              const Validation& validation) {
    const auto& findings = validation.findings;
    const bool is_valid = !migrations::has_errors(findings);
    if (options.form == "sarif") {
        console.document(to_sarif(findings, validation.folder));
    } else if (options.form == "github") {
        if (!findings.empty()) console.document(to_github(findings, validation.folder));
    } else {
        for (const Diagnostic& finding : findings)
            if (!console.json() && !finding.accepted_because &&
                (finding.severity != Severity::note || invocation.verbose))
                console.diagnostic(finding, validation.folder);
        console.line((is_valid ? console.paint(Colour::green, "OK")
                               : console.paint(Colour::red, "NOT VALID")) +
                     "  " + summary(invocation, validation));
        if (console.json()) {
            Json document = new_document(invocation);
            if (validation.members.is_object()) document.update(validation.members);
            document["rule_set"] = migrations::rules::rule_set_version;
            console.document(with_findings(document, findings));
        }
    }
    return is_valid ? ExitCode::fine : ExitCode::refused;
}

void list_rules(const Invocation& invocation, const Console& console,
                const migrations::rules::Policy& policy) {
    Table table;
    Json list = Json::array();
    for (const auto& rule : migrations::rules::all_rules()) {
        table.push_back({std::string{rule.id}, weight_of(rule, policy), std::string{rule.why}});
        list.push_back({{"rule", rule.id},
                        {"severity", weight_of(rule, policy)},
                        {"why", rule.why},
                        {"lock", rule.lock}});
    }
    console.lines(align(table));
    if (!console.json()) return;
    Json document = new_document(invocation);
    document["rule_set"] = migrations::rules::rule_set_version;
    document["rules"] = std::move(list);
    console.document(to_text(document));
}

}  // namespace tools::varve
