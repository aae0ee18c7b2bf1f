#include "migrations/directives.hpp"

#include "migrations/sql/body.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/split.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
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

// Of what has no reason, or more than one.
std::string fault_of_reason(std::string_view verb, std::string_view rest) {
    const auto quotes = std::count(rest.begin(), rest.end(), '"');
    if (rest.starts_with("reason=\"") && quotes > 1 && rest.back() != '"')
        return std::string{verb} + " takes its reason, and nothing behind it";
    return std::string{verb} + " needs a reason";
}

// allow RULE reason="why"
std::string fault_of_allow(std::string_view rest, std::vector<Allowance>& allowances) {
    const auto rule = take_word(rest);
    if (rule.empty()) return "allow needs the name of a rule";
    const auto reason = reason_of(rest);
    const bool has_more = rule.ends_with(',') || (!rest.empty() && !rest.starts_with("reason"));
    if (reason.empty() && has_more) return "allow takes one rule, and then its reason: a line each";
    if (reason.empty()) return fault_of_reason("allow", rest);
    allowances.push_back({std::string{rule}, std::string{reason}, 0});
    return {};
}

// irreversible reason="why"
std::string fault_of_irreversible(std::string_view rest, std::optional<std::string>& why) {
    const auto reason = reason_of(rest);
    if (reason.empty()) return fault_of_reason("irreversible", rest);
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

bool begins_without_case(std::string_view text, std::string_view beginning) {
    return sql::same_word(text.substr(0, beginning.size()), beginning);
}

// What would be a directive, were it spelled as one: "-- Varve: allow ...", "-- VARVE: ALLOW ...",
// "-- varve transaction off", "/* varve: ... */".
bool is_misspelled(std::string_view content) {
    constexpr std::string_view name = "varve";
    if (!begins_without_case(content, name)) return false;
    content = trim(content.substr(name.size()));
    if (content.starts_with(':')) content = trim(content.substr(1));
    Directives ignored;
    return fault_of(sql::lower(std::string{content}), ignored).empty();
}

bool may_hold(std::string_view text) {
    return text.find("arve") != std::string_view::npos ||
           text.find("ARVE") != std::string_view::npos;
}

// Without what only makes it one of a block comment.
std::string_view line_of_block(std::string_view line) {
    line = trim(line);
    if (line.ends_with("*/")) line.remove_suffix(2);
    line.remove_prefix(std::min(line.find_first_not_of("/*"), line.size()));
    return trim(line);
}

constexpr const char* not_spelled_so = "a directive is a line comment that begins \"-- varve:\"";

// Behind the statement that it means: it would be taken for one of the next.
bool stands_behind(std::string_view text, const std::optional<sql::Token>& before,
                   const sql::Token& comment) {
    return before && before->kind == sql::TokenKind::symbol && text[before->begin] == ';' &&
           text.substr(before->end, comment.begin - before->end).find('\n') ==
               std::string_view::npos;
}

// Reads a script's comments, those of DO blocks and function bodies too: whoever sees a finding in
// there accepts it there.
class DirectiveReader {
public:
    DirectiveReader(std::string_view text, const std::string& file, std::uint32_t first_line)
        : text_{text}, file_{file}, positions_{text, first_line} {}

    Directives read() && {
        read(text_, 0, true);
        return std::move(directives_);
    }

private:
    // A part of the text; offset: where it begins.
    void read(std::string_view part, std::size_t offset, bool is_script) {
        sql::Lexer lexer{part};
        std::optional<sql::Token> before;
        sql::BodyFinder bodies{part};
        for (sql::Token token; lexer.next(token);) {
            const bool is_body = bodies.see(token);
            if (token.kind == sql::TokenKind::line_comment)
                take(part, token, offset, stands_behind(part, before, token), is_script);
            if (token.kind == sql::TokenKind::block_comment) check_block(part, token, offset);
            if (is_body && is_script) read_body(token);
            if (!sql::is_comment(token.kind)) before = token;
        }
    }

    void read_body(const sql::Token& token) {
        const auto [begin, end] = sql::body_of(text_, token);
        const auto body = text_.substr(begin, end - begin);
        if (may_hold(body)) read(body, begin, false);
    }

    void take(std::string_view part, const sql::Token& token, std::size_t offset, bool is_behind,
              bool is_script) {
        auto content = trim(part.substr(token.begin + 2, token.end - token.begin - 2));
        constexpr std::string_view prefix = "varve:";
        const sql::Range range{offset + token.begin, offset + token.end};
        if (content.rfind(prefix, 0) != 0) {
            if (is_misspelled(content)) complain(not_spelled_so, range);
            return;
        }
        content = trim(content.substr(prefix.size()));
        auto fault = is_script || content.starts_with("allow")
                         ? fault_of(content, directives_)
                         : "only allow stands in a body; this one stands above the statement";
        if (directives_.allowances.size() > allowed_) {
            directives_.allowances.back().begin = range.begin;
            if (is_behind) {
                directives_.allowances.pop_back();
                fault = "allow stands on a line before its statement, not behind it";
            }
            allowed_ = directives_.allowances.size();
        }
        if (!fault.empty()) complain(fault, range);
    }

    // Line by line, also where each begins with an asterisk.
    void check_block(std::string_view part, const sql::Token& token, std::size_t offset) {
        const std::string_view block = part.substr(0, token.end);
        for (std::size_t at = token.begin; at < token.end;) {
            const std::size_t end = std::min(block.find('\n', at), token.end);
            if (is_misspelled(line_of_block(block.substr(at, end - at))))
                complain(not_spelled_so, {offset + at, offset + end});
            at = end + 1;
        }
    }

    void complain(const std::string& fault, const sql::Range& range) {
        Diagnostic diagnostic{Severity::error, "directive-unknown", fault, file_};
        positions_.mark(diagnostic, range.begin, range.end);
        diagnostic.help = {"-- varve: transaction off", "-- varve: allow RULE reason=\"why\"",
                           "-- varve: irreversible reason=\"why\""};
        directives_.diagnostics.push_back(std::move(diagnostic));
    }

    std::string_view text_;
    const std::string& file_;
    sql::Positions positions_;
    std::size_t allowed_{};
    Directives directives_;
};

}  // namespace

Directives read_directives(std::string_view text, const std::string& file,
                           std::uint32_t first_line) {
    if (!may_hold(text)) return {};
    return DirectiveReader{text, file, first_line}.read();
}

}  // namespace migrations
