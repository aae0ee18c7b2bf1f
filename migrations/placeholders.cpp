#include "migrations/placeholders.hpp"

#include "migrations/sql/lexer.hpp"

#include <cctype>
#include <functional>
#include <optional>
#include <set>

namespace migrations {

namespace {

using sql::is_name_part;
using sql::is_name_start;
using sql::Lexer;
using sql::same_word;
using sql::Token;
using sql::TokenKind;

bool is_literal(std::string_view key) {
    return key.rfind(':', 0) == 0 || key.rfind('$', 0) == 0 || key.rfind("{{", 0) == 0;
}

// The words between the braces, one space apart; "{{- x -}}" is the same as "{{ x }}".
std::string inside_braces(std::string_view braces) {
    std::string inside;
    for (const char character : braces.substr(2, braces.size() - 4)) {
        const bool space = sql::is_space(character);
        if (space && (inside.empty() || inside.back() == ' ')) continue;
        inside += space ? ' ' : character;
    }
    if (inside.rfind("- ", 0) == 0) inside.erase(0, 2);
    if (inside.size() > 1 && inside.compare(inside.size() - 2, 2, " -") == 0)
        inside.erase(inside.size() - 2);
    while (!inside.empty() && inside.back() == ' ') inside.pop_back();
    return inside;
}

// The last name of a reference: of `index .Options "Name"`, `.Options.Name` and `name`. Nothing for
// an expression that computes.
std::optional<std::string> last_name(std::string_view inside) {
    if (inside.find_first_of("|()") != std::string_view::npos) return std::nullopt;
    std::size_t end = inside.size();
    if (end > 0 && (inside[end - 1] == '"' || inside[end - 1] == '`')) --end;
    std::size_t begin = end;
    while (begin > 0 && (is_name_part(inside[begin - 1]) || inside[begin - 1] == '-')) --begin;
    if (begin == end) return std::nullopt;
    return std::string{inside.substr(begin, end - begin)};
}

std::string quoted(std::string_view value, char quote) {
    std::string text{quote};
    for (const char character : value) {
        text += character;
        if (character == quote) text += quote;
    }
    return text + quote;
}

std::optional<std::string> find_bare(const Placeholders& placeholders, std::string_view name,
                                     bool any_case) {
    for (const auto& [key, value] : placeholders)
        if (!is_literal(key) && (any_case ? same_word(key, name) : key == name)) return value;
    return std::nullopt;
}

std::optional<std::string> value_of_braces(const Placeholders& placeholders,
                                           std::string_view braces) {
    const std::string inside = inside_braces(braces);
    for (const auto& [key, value] : placeholders) {
        if (key == inside) return value;
        if (key.size() >= 4 && key.rfind("{{", 0) == 0 && inside_braces(key) == inside)
            return value;
    }
    const auto name = last_name(inside);
    return name ? find_bare(placeholders, *name, true) : std::nullopt;
}

using Value = std::function<std::optional<std::string>(std::string_view)>;

// A text in which one piece after the other is replaced.
class Rewriting {
public:
    explicit Rewriting(std::string_view text) : text_{text} {}

    void replace(std::size_t begin, std::size_t end, std::string_view value) {
        changed_.text.append(text_.substr(done_, begin - done_));
        const std::size_t at = changed_.text.size();
        changed_.text.append(value);
        changed_.replaced.push_back({begin, end, at, changed_.text.size()});
        done_ = end;
    }
    [[nodiscard]] std::size_t done() const { return done_; }
    Substituted finish() {
        changed_.text.append(text_.substr(done_));
        return std::move(changed_);
    }

private:
    std::string_view text_;
    std::size_t done_{};
    Substituted changed_;
};

void follow(Substituted& all, Substituted next) {
    all.replaced = composed(all.replaced, next.replaced);
    all.text = std::move(next.text);
}

// Replaces each `open ... close` on one line for which there is a value.
Substituted replace_enclosed(std::string_view text, std::string_view open, std::string_view close,
                             const Value& value) {
    Rewriting rewriting{text};
    for (std::size_t at = text.find(open); at != std::string_view::npos;) {
        const std::size_t end = text.find(close, at);
        if (end == std::string_view::npos) break;
        const auto whole = text.substr(at, end + close.size() - at);
        const auto found = whole.find('\n') == std::string_view::npos ? value(whole) : std::nullopt;
        if (found) rewriting.replace(at, end + close.size(), *found);
        at = text.find(open, found ? rewriting.done() : at + open.size());
    }
    return rewriting.finish();
}

// Whether the colon there is the second of a cast: of "x::NAME", and not of "x:::NAME", which is a
// cast to what the placeholder stands for.
bool ends_a_cast(std::string_view text, std::size_t colon) {
    std::size_t before = 0;
    while (before < colon && text[colon - 1 - before] == ':') ++before;
    return before % 2 == 1;
}

// A name that ends where a longer one goes on is not that name: ":NAME" is not in ":NAMES".
bool stands_alone(std::string_view text, std::size_t at, std::string_view key) {
    const std::size_t end = at + key.size();
    const bool name_at_end = is_name_part(key.back());
    if (name_at_end && end < text.size() && is_name_part(text[end])) return false;
    return key.front() != ':' || !ends_a_cast(text, at);
}

Substituted replace_literal(std::string_view text, std::string_view key, std::string_view value) {
    Rewriting rewriting{text};
    for (std::size_t at = text.find(key); at != std::string_view::npos;
         at = text.find(key, at + 1)) {
        if (at < rewriting.done() || !stands_alone(text, at, key)) continue;
        rewriting.replace(at, at + key.size(), value);
    }
    return rewriting.finish();
}

Substituted replace_psql(std::string_view text, const Placeholders& placeholders) {
    Rewriting rewriting{text};
    Lexer lexer{text};
    std::size_t colon = std::string_view::npos;
    for (Token token; lexer.next(token);) {
        const auto content = text.substr(token.begin, token.end - token.begin);
        const bool follows = colon != std::string_view::npos && token.begin == colon + 1;
        const bool word = token.kind == TokenKind::word;
        const bool in_quotes = content.size() > 2 && (content[0] == '\'' || content[0] == '"');
        if (follows && (word || in_quotes)) {
            const auto name = word ? content : content.substr(1, content.size() - 2);
            if (const auto value = find_bare(placeholders, name, false))
                rewriting.replace(colon, token.end, word ? *value : quoted(*value, content[0]));
        }
        const bool begins = content == ":" && !ends_a_cast(text, token.begin);
        colon = begins ? token.begin : std::string_view::npos;
    }
    return rewriting.finish();
}

// Each bare name behind its sign.
void replace_names(Substituted& all, const Placeholders& placeholders, const std::string& sign) {
    for (const auto& [key, value] : placeholders)
        if (!is_literal(key)) follow(all, replace_literal(all.text, sign + key, value));
}

void replace_env(Substituted& all, const Placeholders& placeholders) {
    follow(all, replace_enclosed(all.text, "${", "}", [&](std::string_view whole) {
               const auto inside = whole.substr(2, whole.size() - 3);
               const std::size_t colon = inside.find(":-");
               const auto value = find_bare(placeholders, inside.substr(0, colon), false);
               if (value || colon == std::string_view::npos) return value;
               return std::optional<std::string>{inside.substr(colon + 2)};
           }));
    replace_names(all, placeholders, "$");
}

void replace_bare(Substituted& all, const Placeholders& placeholders, PlaceholderForm form) {
    switch (form) {
        case PlaceholderForm::none:
            return;
        case PlaceholderForm::env:
            return replace_env(all, placeholders);
        case PlaceholderForm::dollar:
            return follow(all, replace_enclosed(all.text, "${", "}", [&](std::string_view whole) {
                              return find_bare(placeholders, whole.substr(2, whole.size() - 3),
                                               true);
                          }));
        case PlaceholderForm::psql:
        case PlaceholderForm::braces:
            return follow(all, replace_psql(all.text, placeholders));
        case PlaceholderForm::colon:
            return replace_names(all, placeholders, ":");
    }
}

std::string key_of(std::string_view text) {
    if (text.rfind("{{", 0) == 0) {
        const std::string inside = inside_braces(text);
        const auto name = last_name(inside);
        return name ? *name : "'" + std::string{text} + "'";
    }
    const auto name = text.substr(2, text.size() - 3);
    for (const char character : name)
        if (!is_name_part(character)) return "\"" + std::string{name} + "\"";
    return std::string{name};
}

// The ranges of comments, in which nothing is a placeholder that matters.
class Comments {
public:
    explicit Comments(std::string_view text) {
        Lexer lexer{text};
        for (Token token; lexer.next(token);)
            if (is_comment(token.kind)) ends_[token.begin] = token.end;
    }
    [[nodiscard]] bool hold(std::size_t at) const {
        const auto after = ends_.upper_bound(at);
        return after != ends_.begin() && at < std::prev(after)->second;
    }

private:
    std::map<std::size_t, std::size_t> ends_;
};

}  // namespace

Substituted substitute(std::string_view text, const Placeholders& placeholders,
                       PlaceholderForm form) {
    Substituted all{std::string{text}, {}};
    if (placeholders.empty() && form != PlaceholderForm::env) return all;
    for (const auto& [key, value] : placeholders)
        if (is_literal(key) && key.rfind("{{", 0) != 0)
            follow(all, replace_literal(all.text, key, value));
    if (form != PlaceholderForm::dollar)
        follow(all, replace_enclosed(all.text, "{{", "}}", [&](std::string_view whole) {
                   return value_of_braces(placeholders, whole);
               }));
    replace_bare(all, placeholders, form);
    return all;
}

std::vector<Unresolved> find_unresolved(std::string_view text, PlaceholderForm form) {
    std::vector<Unresolved> found;
    const bool braces = form == PlaceholderForm::braces;
    if (!braces && form != PlaceholderForm::dollar && form != PlaceholderForm::env) return found;
    const std::string_view open = braces ? "{{" : "${";
    const std::string_view close = braces ? "}}" : "}";
    if (text.find(open) == std::string_view::npos) return found;
    const Comments comments{text};
    std::set<std::string> seen;
    for (std::size_t at = text.find(open); at != std::string_view::npos;
         at = text.find(open, at + 1)) {
        const std::size_t end = text.find(close, at);
        if (end == std::string_view::npos) break;
        const auto whole = text.substr(at, end + close.size() - at);
        if (whole.find('\n') != std::string_view::npos || comments.hold(at)) continue;
        const std::string key = key_of(whole);
        if (seen.insert(key).second)
            found.push_back({std::string{whole}, key, at, at + whole.size()});
    }
    return found;
}

}  // namespace migrations
