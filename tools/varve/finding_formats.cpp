#include "tools/varve/finding_formats.hpp"

#include "migrations/rules/rule.hpp"
#include "tools/varve/harmless_text.hpp"
#include "tools/varve/json_document.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace tools::varve {

using migrations::Diagnostic;

namespace {

std::string file_of(const Diagnostic& finding, const std::filesystem::path& folder) {
    const auto path = folder.empty() ? std::filesystem::path{finding.file} : folder / finding.file;
    std::error_code error;
    const auto near = std::filesystem::proximate(path, error);
    return (error ? path : near).generic_string();
}

// A path as a reference of RFC 3986: "a%20b.sql".
std::string uri_of(const std::string& path) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string uri;
    for (const char each : path) {
        const auto byte = static_cast<unsigned char>(each);
        if (plain.find(each) != std::string_view::npos)
            uri += each;
        else
            uri += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
    return uri;
}

std::string_view level_of(migrations::Severity severity) {
    constexpr std::array<std::string_view, 3> levels{"error", "warning", "note"};
    return levels.at(static_cast<std::size_t>(severity));
}

Json region_of(const Diagnostic& finding) {
    Json region{{"startLine", std::max(finding.line, 1U)}};
    if (finding.column == 0) return region;
    region["startColumn"] = finding.column;
    region["endLine"] = finding.end_line == 0 ? finding.line : finding.end_line;
    region["endColumn"] = std::max(finding.end_column, 1U);
    return region;
}

std::string message_of(const Diagnostic& finding) {
    std::string text = finding.message;
    for (const std::string& help : finding.help) text += "\n" + help;
    return text;
}

Json fixes_of(const Diagnostic& finding, const Json& artifact) {
    Json replacements = Json::array();
    for (const migrations::SuggestedEdit& edit : finding.fix->edits)
        replacements.push_back({{"deletedRegion",
                                 {{"startLine", edit.line},
                                  {"startColumn", edit.column},
                                  {"endLine", edit.end_line},
                                  {"endColumn", edit.end_column}}},
                                {"insertedContent", {{"text", edit.text}}}});
    const Json change{{"artifactLocation", artifact}, {"replacements", std::move(replacements)}};
    return Json::array({{{"description", {{"text", finding.fix->title}}},
                         {"artifactChanges", Json::array({change})}}});
}

Json result_of(const Diagnostic& finding, const std::filesystem::path& folder) {
    const Json artifact{{"uri", uri_of(file_of(finding, folder))}};
    Json result{{"ruleId", finding.rule},
                {"level", level_of(finding.severity)},
                {"message", {{"text", message_of(finding)}}}};
    if (!finding.file.empty())
        result["locations"] =
            Json::array({{{"physicalLocation",
                           {{"artifactLocation", artifact}, {"region", region_of(finding)}}}}});
    if (finding.fix) result["fixes"] = fixes_of(finding, artifact);
    if (finding.accepted_because)
        result["suppressions"] =
            Json::array({{{"kind", "inSource"}, {"justification", *finding.accepted_because}}});
    return result;
}

Json rules_of(const std::vector<Diagnostic>& findings) {
    std::set<std::string> ids;
    for (const Diagnostic& finding : findings) ids.insert(finding.rule);
    Json rules = Json::array();
    for (const std::string& id : ids) {
        Json described{{"id", id}};
        if (const auto* rule = migrations::rules::find_rule(id))
            described["shortDescription"] = {{"text", std::string{rule->why}}};
        rules.push_back(std::move(described));
    }
    return rules;
}

// GitHub's own escapes, of a property and of the message.
std::string escaped(const std::string& text, bool is_property) {
    std::string answer;
    for (const char each : harmless(text, false)) {
        if (each == '%')
            answer += "%25";
        else if (each == '\n')
            answer += "%0A";
        else if (is_property && each == ':')
            answer += "%3A";
        else if (is_property && each == ',')
            answer += "%2C";
        else
            answer += each;
    }
    return answer;
}

// " file=a.sql,line=1,col=1,"; where there is no file, a space.
std::string place_of(const Diagnostic& finding, const std::filesystem::path& folder) {
    if (finding.file.empty()) return " ";
    return " file=" + escaped(file_of(finding, folder), true) +
           ",line=" + std::to_string(std::max(finding.line, 1U)) +
           ",col=" + std::to_string(std::max(finding.column, 1U)) + ",";
}

Json run_of(Json rules, Json results) {
    const Json driver{{"name", "varve"}, {"version", VARVE_VERSION}, {"rules", std::move(rules)}};
    return {{"tool", {{"driver", driver}}},
            {"columnKind", "unicodeCodePoints"},
            {"results", std::move(results)}};
}

std::string log_of(const Json& run) {
    return to_text({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({run})}});
}

std::string told_by(const ledger::Error& error) {
    return error.detail + (error.help.empty() ? "" : "\n" + error.help);
}

}  // namespace

std::string to_sarif(const std::vector<Diagnostic>& findings, const std::filesystem::path& folder) {
    Json results = Json::array();
    for (const Diagnostic& finding : findings) results.push_back(result_of(finding, folder));
    return log_of(run_of(rules_of(findings), std::move(results)));
}

std::string to_sarif(const ledger::Error& error) {
    const Json notification{{"descriptor", {{"id", error.reason}}},
                            {"level", "error"},
                            {"message", {{"text", told_by(error)}}}};
    Json run = run_of(Json::array(), Json::array());
    run["invocations"] =
        Json::array({{{"executionSuccessful", false},
                      {"toolConfigurationNotifications", Json::array({notification})}}});
    return log_of(run);
}

std::string to_github(const ledger::Error& error) {
    return "::error title=" + escaped(error.reason, true) + "::" + escaped(told_by(error), false);
}

std::string to_github(const std::vector<Diagnostic>& findings,
                      const std::filesystem::path& folder) {
    std::string text;
    for (const Diagnostic& finding : findings) {
        if (finding.accepted_because) continue;
        const std::string_view level = level_of(finding.severity);
        text += "::" + std::string{level == "note" ? "notice" : level} + place_of(finding, folder) +
                "title=" + escaped(finding.rule, true) +
                "::" + escaped(message_of(finding), false) + "\n";
    }
    if (!text.empty()) text.pop_back();
    return text;
}

}  // namespace tools::varve
