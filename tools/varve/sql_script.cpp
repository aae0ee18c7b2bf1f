#include "tools/varve/sql_script.hpp"

#include "ledger/accepted_loss.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/session_defaults.hpp"
#include "tools/varve/event_table.hpp"
#include "tools/varve/harmless_text.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tools::varve {

using commands::ReplayedScript;

namespace {

constexpr const char* fresh_session = "SET client_encoding = 'UTF8';\n";

std::string comment(const std::string& text) {
    return "-- " + harmless(one_line(text), false) + "\n";
}

std::string named(const ReplayedScript& script) {
    return script.version.text + " " + script.name + " " +
           std::string{direction_text(script.direction)};
}

std::string how(const ReplayedScript& script) {
    std::string text;
    if (script.source == "decision" && script.direction == ledger::Direction::down)
        text = "marked as not applied";
    else if (script.source == "decision")
        text = "marked as applied; its registered script stands for it";
    else if (script.source != "attempt")
        text = "taken over by " + script.source + "; its registered script stands for it";
    else
        text = script.transactional ? "one transaction" : "not one transaction";
    if ((script.missing && !script.is_in_doubt && !script.is_running) || script.is_whole)
        return text;
    return text + ", statements " + std::to_string(script.first_statement_index + 1) + " to " +
           std::to_string(script.end_statement_index) + " of " +
           std::to_string(script.statement_count);
}

std::string heading(const ReplayedScript& script) {
    return comment(named(script) + "  sha256 " + ledger::hex(script.digest)) +
           (script.executed ? comment("as executed, placeholders replaced: sha256 " +
                                      ledger::hex(*script.executed))
                            : "") +
           comment("position " + std::to_string(script.position) + ", " +
                   instant_text(script.recorded_at_us) + ", by " + script.actor.id + ", " +
                   how(script));
}

// psql replaces :NAME, :'NAME' and :"NAME" by a variable of that name, and has some of its own
// (PORT, USER, ERROR ...): of the slice i[1:PORT] it would make another one. \: is a mere colon.
std::string for_psql(const std::string& statement) {
    using namespace migrations::sql;
    std::string text;
    std::size_t kept = 0;
    Lexer lexer{statement};
    for (Token token; lexer.next(token);) {
        if (token.kind != TokenKind::symbol || statement[token.begin] != ':') continue;
        const char next = token.end < statement.size() ? statement[token.end] : ' ';
        const bool is_cast = token.begin > 0 && statement[token.begin - 1] == ':';
        if (is_cast || !(is_name_start(next) || next == '\'' || next == '"')) continue;
        text += statement.substr(kept, token.begin - kept) + "\\";
        kept = token.begin;
    }
    return text + statement.substr(kept);
}

// A comment at a statement's end would hide the semicolon.
std::string terminated(const std::string& statement) {
    const std::size_t last_line = statement.rfind('\n') + 1;  // npos + 1 is 0
    return statement + (statement.find("--", last_line) == std::string::npos ? ";\n" : "\n;\n");
}

std::string body(const ReplayedScript& script) {
    if (script.left_out) return comment("left out: " + *script.left_out);
    if (script.missing) return comment("MISSING: " + *script.missing);
    std::string text;
    if (script.transactional) text += "BEGIN;\n";
    for (const std::string& statement : script.statements) text += terminated(for_psql(statement));
    if (script.transactional) text += "COMMIT;\n";
    const bool sets_defaults =
        std::any_of(script.statements.begin(), script.statements.end(),
                    [](const auto& each) { return migrations::sql::sets_session_defaults(each); });
    text += sets_defaults ? "\\connect -reuse-previous=on\n" : "DISCARD ALL;\n";
    return text + fresh_session;
}

std::optional<std::string> lost_sentence(const ledger::AcceptedLoss& loss) {
    const ledger::LedgerRestored& data = loss.data;
    const std::string when = " (event " + std::to_string(loss.position) + ")";
    if (data.lost_to > data.size)
        return "at least events " + std::to_string(data.size) + " to " +
               std::to_string(data.lost_to - 1) + " are lost" + when +
               ": what they had run is not here, but for what was taken over";
    for (const std::string& by : data.known_by)
        if (by.starts_with("not asked: "))
            return "whether events after the first " + std::to_string(data.size) +
                   " are lost is unknown" + when + "; " + by;
    return std::nullopt;
}

}  // namespace

ledger::Result<std::vector<std::string>> lost_before(const ledger::Reader& reader,
                                                     std::uint64_t size) {
    const auto losses = ledger::accepted_losses(reader);
    if (!losses) return ledger::fail(losses.error());
    std::vector<std::string> sentences;
    for (const ledger::AcceptedLoss& loss : *losses)
        if (loss.position < size)
            if (auto sentence = lost_sentence(loss)) sentences.push_back(std::move(*sentence));
    return sentences;
}

std::string sql_script(const Moment& moment, const std::string& target,
                       const std::vector<std::string>& lost,
                       const std::vector<ReplayedScript>& scripts) {
    std::string text = comment("What was run on target \"" + target + "\", in order.");
    for (const std::string& line : to_lines(moment)) text += comment(line);
    for (const std::string& sentence : lost) text += comment(sentence);
    text += "\\set ON_ERROR_STOP on\n";
    text += fresh_session;
    for (const ReplayedScript& script : scripts) text += "\n" + heading(script) + body(script);
    return text;
}

Json to_json(const std::vector<ReplayedScript>& scripts) {
    Json all = Json::array();
    for (const ReplayedScript& script : scripts) {
        Json json{{"version", script.version.text},
                  {"name", script.name},
                  {"direction", direction_text(script.direction)},
                  {"digest", ledger::hex(script.digest)}};
        json["executed"] = script.executed ? Json(ledger::hex(*script.executed)) : Json(nullptr);
        json["source"] = script.source;
        json["transactional"] = script.transactional;
        json["first_statement_index"] = script.first_statement_index;
        json["end_statement_index"] = script.end_statement_index;
        json["statement_count"] = script.statement_count;
        json["position"] = script.position;
        json["recorded_at"] = instant_text(script.recorded_at_us);
        json["actor"] = script.actor.id;
        json["in_doubt"] = script.is_in_doubt;
        json["running"] = script.is_running;
        json["missing"] = optional_json(script.missing);
        json["left_out"] = optional_json(script.left_out);
        json["statements"] = script.statements;
        all.push_back(std::move(json));
    }
    return all;
}

std::vector<std::string> missing_scripts(const std::vector<ReplayedScript>& scripts) {
    std::vector<std::string> missing;
    for (const ReplayedScript& script : scripts)
        if (script.missing && !script.left_out)
            missing.push_back(named(script) + " (position " + std::to_string(script.position) +
                              "): " + *script.missing);
    return missing;
}

}  // namespace tools::varve
