#include "tools/varve/finding_json.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using migrations::Diagnostic;
using migrations::Severity;
using tools::varve::Json;

namespace {

// What the document is by nlohmann, which prints it member by member.
Json by_library(const migrations::Boxed<migrations::SuggestedFix>& fix) {
    if (!fix) return nullptr;
    Json edits = Json::array();
    for (const auto& edit : fix->edits)
        edits.push_back({{"line", edit.line},
                         {"column", edit.column},
                         {"end_line", edit.end_line},
                         {"end_column", edit.end_column},
                         {"text", edit.text}});
    return {{"title", fix->title},
            {"edits", edits},
            {"proven_because", tools::varve::optional_json(fix->proven_because)}};
}

Json by_library(const Diagnostic& finding) {
    return {{"rule", finding.rule},
            {"severity", tools::varve::severity_text(finding.severity)},
            {"file", finding.file},
            {"line", finding.line},
            {"column", finding.column},
            {"end_line", finding.end_line == 0 ? finding.line : finding.end_line},
            {"end_column", finding.end_column},
            {"message", finding.message},
            {"help", finding.help},
            {"fix", by_library(finding.fix)},
            {"accepted_because", tools::varve::optional_json(finding.accepted_because)},
            {"concerns_down", finding.concerns_down}};
}

std::string by_library(Json document, const std::vector<Diagnostic>& findings) {
    document["findings"] = Json::array();
    for (const Diagnostic& finding : findings) document["findings"].push_back(by_library(finding));
    return tools::varve::to_text(document);
}

Diagnostic finding(Severity severity, std::string message) {
    Diagnostic diagnostic{severity, "adding-foreign-key", std::move(message), "a/1.sql"};
    diagnostic.line = 4'294'967'295;
    diagnostic.column = 7;
    return diagnostic;
}

}  // namespace

TEST_CASE("findings are written as nlohmann would print them") {
    const Json document{{"schema_version", 1}, {"layout", "ä\"\n"}};
    Diagnostic whole = finding(Severity::warning, "two\nlines, a \"name\"\tand a \\");
    whole.end_line = 12;
    whole.end_column = 3;
    whole.help = {"first", "second"};
    whole.fix = migrations::SuggestedFix{"safer", {{1, 2, 3, 4, "a;\nb;"}, {}}, "no lock"};
    whole.accepted_because = "small";
    whole.concerns_down = true;
    Diagnostic unproven = finding(Severity::note, "");
    unproven.fix = migrations::SuggestedFix{"", {}, std::nullopt};
    std::vector<Diagnostic> many(2'500, unproven);  // so many that several threads write them
    many.at(255) = many.at(256) = many.at(2'047) = many.back() = whole;
    for (const auto& findings :
         {std::vector<Diagnostic>{}, {whole}, {unproven, whole, unproven}, many})
        CHECK(tools::varve::with_findings(document, findings) == by_library(document, findings));
}

TEST_CASE("any bytes are quoted as nlohmann quotes them") {
    std::mt19937 random{1};
    const std::vector<std::string> pieces{
        "a",    "\"",   "\\",   "\n", "\r", "\t", "\b",   "\x01",     "\x1f",
        "\x7f", "\xc3", "\xa4", "ä",  "€",  "😀",  "\xff", "\xe2\x82", std::string(1, '\0'),
        "long "};
    for (int round = 0; round < 2'000; ++round) {
        std::string text;
        for (auto left = random() % 8; left > 0; --left) text += pieces[random() % pieces.size()];
        std::string json = "before ";
        tools::varve::append_quoted(json, text);
        CHECK(json == "before " + tools::varve::to_text(Json(text)));
    }
}
