#include "migrations/directives.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/position.hpp"

#include <optional>
#include <utility>

namespace migrations {

namespace {

std::string_view trim(std::string_view text) {
    while (!text.empty() && sql::is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && sql::is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string_view take_word(std::string_view& text) {
    const std::size_t end = text.find_first_of(" \t");
    const auto word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : trim(text.substr(end));
    return word;
}

// reason="why": the why, or nothing.
std::string_view reason_of(std::string_view rest) {
    constexpr std::string_view prefix = "reason=\"";
    if (rest.rfind(prefix, 0) != 0 || rest.size() <= prefix.size() + 1 || rest.back() != '"')
        return {};
    return rest.substr(prefix.size(), rest.size() - prefix.size() - 1);
}

// allow RULE reason="why"
std::string fault_of_allow(std::string_view rest, std::vector<Allowance>& allowances) {
    const auto rule = take_word(rest);
    if (rule.empty()) return "allow needs the name of a rule";
    const auto reason = reason_of(rest);
    const bool has_more = rule.ends_with(',') || (!rest.empty() && !rest.starts_with("reason"));
    if (reason.empty() && has_more) return "allow takes one rule, and then its reason: a line each";
    if (reason.empty()) return "allow needs a reason";
    allowances.push_back({std::string{rule}, std::string{reason}, 0});
    return {};
}

// irreversible reason="why"
std::string fault_of_irreversible(std::string_view rest, std::optional<std::string>& why) {
    const auto reason = reason_of(rest);
    if (reason.empty()) return "irreversible needs a reason";
    why = std::string{reason};
    return {};
}

std::string fault_of(std::string_view directive, Directives& directives) {
    std::optional<TransactionMode>& transaction = directives.transaction;
    const auto verb = take_word(directive);
    if (verb == "allow") return fault_of_allow(directive, directives.allowances);
    if (verb == "irreversible") return fault_of_irreversible(directive, directives.irreversible);
    if (verb != "transaction") return "there is no directive \"" + std::string{verb} + "\"";
    if (directive != "off" && directive != "on") return "transaction is either on or off";
    const auto said = directive == "off" ? TransactionMode::none : TransactionMode::one;
    if (transaction && *transaction != said) return "transaction is said twice, on and off";
    transaction = said;
    return {};
}

// Behind the statement that it means: it would be taken for one of the next.
bool stands_behind(std::string_view text, const std::optional<sql::Token>& before,
                   const sql::Token& comment) {
    return before && before->kind == sql::TokenKind::symbol && text[before->begin] == ';' &&
           text.substr(before->end, comment.begin - before->end).find('\n') ==
               std::string_view::npos;
}

}  // namespace

Directives read_directives(std::string_view text, const std::string& file,
                           std::uint32_t first_line) {
    Directives directives;
    if (text.find("varve:") == std::string_view::npos) return directives;
    const sql::Positions positions{text, first_line};
    sql::Lexer lexer{text};
    std::optional<sql::Token> before;
    for (sql::Token token; lexer.next(token);) {
        if (!sql::is_comment(token.kind)) before = token;
        if (token.kind != sql::TokenKind::line_comment) continue;
        auto content = trim(text.substr(token.begin + 2, token.end - token.begin - 2));
        constexpr std::string_view prefix = "varve:";
        if (content.rfind(prefix, 0) != 0) continue;
        content = trim(content.substr(prefix.size()));
        const std::size_t allowed = directives.allowances.size();
        std::string fault = fault_of(content, directives);
        if (directives.allowances.size() > allowed) {
            directives.allowances.back().begin = token.begin;
            if (stands_behind(text, before, token)) {
                directives.allowances.pop_back();
                fault = "allow stands on a line before its statement, not behind it";
            }
        }
        if (fault.empty()) continue;
        Diagnostic diagnostic{Severity::error, "directive-unknown", fault, file};
        positions.mark(diagnostic, token.begin, token.end);
        diagnostic.help = {"-- varve: transaction off", "-- varve: allow RULE reason=\"why\"",
                           "-- varve: irreversible reason=\"why\""};
        directives.diagnostics.push_back(std::move(diagnostic));
    }
    return directives;
}

}  // namespace migrations
