#include "adapters/postgres/secrets.hpp"

#include <algorithm>
#include <libpq-fe.h>
#include <memory>
#include <optional>

namespace adapters::postgres {

namespace {

constexpr std::string_view mask = "***";
constexpr std::string_view spaces = " \t\r\n\f\v";
constexpr std::string_view introduction = "password";
constexpr std::string_view scheme_end = "://";

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
}

std::string lower(std::string_view text) {
    std::string result{text};
    std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
    return result;
}

std::size_t or_end(std::size_t position, std::string_view text) {
    return std::min(position, text.size());
}

// Where the credentials of a URL end, seen from behind "://". Like libpq, the first "@" before any
// "/" belongs to them whatever stands before it; then every later one that is not in the query.
std::size_t credentials_end(std::string_view rest) {
    const auto first = rest.find_first_of("@/");
    const bool is_at = first != rest.npos && rest[first] == '@';
    const auto query = rest.find('?', is_at ? first : 0);
    const auto at = rest.substr(0, query).rfind('@');
    if (at == rest.npos || rest.find(scheme_end) != rest.npos) return rest.rfind('@');
    return at;
}

// `rest` is what follows "://"; gives it with its password masked.
std::string mask_credentials(std::string_view rest) {
    const auto at = credentials_end(rest);
    const auto colon = rest.find(':');
    if (at == rest.npos || colon > at) return std::string{rest};
    return std::string{rest.substr(0, colon + 1)} + std::string{mask} +
           std::string{rest.substr(at)};
}

std::string mask_urls(std::string_view text) {
    std::string result;
    std::size_t begin = 0;
    for (auto found = text.find(scheme_end); found != text.npos;
         found = text.find(scheme_end, begin)) {
        const auto rest = found + scheme_end.size();
        const auto end = or_end(text.find_first_of(spaces, rest), text);
        result += text.substr(begin, rest - begin);
        result += mask_credentials(text.substr(rest, end - rest));
        begin = end;
    }
    return result += text.substr(begin);
}

// Behind the closing quote of the string that opens at `quote`; two quotes are one in it.
std::size_t quoted_end(std::string_view text, std::size_t quote, bool backslash_escapes) {
    for (auto at = quote + 1; at < text.size(); ++at) {
        if (backslash_escapes && text[at] == '\\')
            ++at;
        else if (text[at] == text[quote] && text.substr(at + 1, 1) != text.substr(quote, 1))
            return at + 1;
        else if (text[at] == text[quote])
            ++at;
    }
    return text.size();
}

bool is_tag(std::string_view name) {
    return (name.empty() || name[0] < '0' || name[0] > '9') &&
           name.find_first_of(" \t\r\n\f\v'\",;()=") == name.npos;
}

// Nothing where the dollar begins a parameter ($1) or anything else.
std::optional<std::size_t> dollar_quoted_end(std::string_view text, std::size_t dollar) {
    const auto tag_end = text.find('$', dollar + 1);
    if (tag_end == text.npos || !is_tag(text.substr(dollar + 1, tag_end - dollar - 1)))
        return std::nullopt;
    const auto tag = text.substr(dollar, tag_end + 1 - dollar);
    const auto close = text.find(tag, tag_end + 1);
    return close == text.npos ? text.size() : close + tag.size();
}

std::size_t bare_end(std::string_view text, std::size_t at, bool in_query) {
    for (; at < text.size() && spaces.find(text[at]) == spaces.npos; ++at) {
        if (in_query && text[at] == '&') break;
        if (text[at] == '\\') ++at;
    }
    return or_end(at, text);
}

bool is_in_query(std::string_view text, std::size_t found) {
    constexpr std::size_t prefix_max = 8;  // "ssl"
    for (std::size_t back = 1; back <= std::min(found, prefix_max); ++back)
        if (text[found - back] == '?' || text[found - back] == '&') return true;
    return false;
}

struct Value {
    std::size_t begin{};
    std::size_t end{};
};

// A literal of SQL: 'x', E'x', U&'x', $$x$$.
std::optional<Value> literal(std::string_view text, std::size_t at) {
    const bool escapes = at < text.size() && lower(text[at]) == 'e';
    auto quote = escapes ? at + 1 : at;
    if (lower(text.substr(at, 2)) == "u&") quote = at + 2;
    if (quote < text.size() && text[quote] == '\'')
        return Value{at, quoted_end(text, quote, escapes)};
    if (at >= text.size() || text[at] != '$') return std::nullopt;
    if (const auto end = dollar_quoted_end(text, at)) return Value{at, *end};
    return std::nullopt;
}

// The secret that the word "password" at `found` introduces, if it does.
std::optional<Value> value_after(std::string_view text, std::size_t found) {
    auto at = found + introduction.size();
    const bool opened = found > 0 && (text[found - 1] == '\'' || text[found - 1] == '"');
    if (opened && at < text.size() && text[at] == text[found - 1]) ++at;
    at = or_end(text.find_first_not_of(spaces, at), text);
    const auto operation = at;
    if (text.substr(at, 2) == "=>" || text.substr(at, 2) == ":=")
        at += 2;
    else if (text.substr(at, 1) == "=")
        ++at;
    if (at == operation) return literal(text, at);
    at = or_end(text.find_first_not_of(spaces, at), text);
    if (at == text.size()) return std::nullopt;
    if (text[at] == '\'' || text[at] == '"') return Value{at, quoted_end(text, at, true)};
    if (const auto found_literal = literal(text, at); found_literal && text[at] != '$')
        return found_literal;
    return Value{at, bare_end(text, at, is_in_query(text, found))};
}

std::string mask_passwords(std::string_view text) {
    const std::string searched = lower(text);
    std::string result;
    std::size_t begin = 0;
    for (auto found = searched.find(introduction); found != searched.npos;) {
        auto next = found + introduction.size();
        if (const auto value = value_after(text, found)) {
            result += text.substr(begin, value->begin - begin);
            result += mask;
            begin = next = value->end;
        }
        found = searched.find(introduction, next);
    }
    return result += text.substr(begin);
}

// A key may be percent-encoded as a whole, so one that has a "%" is not trusted.
std::string mask_query(std::string_view query) {
    std::string result;
    while (!query.empty()) {
        const auto end = or_end(query.find('&', 1), query);
        const auto part = query.substr(0, end);
        const auto key = part.substr(0, part.find('='));
        const bool secret =
            lower(key).find(introduction) != std::string::npos || key.find('%') != key.npos;
        result += secret ? std::string{key} + "=" + std::string{mask} : std::string{part};
        query.remove_prefix(end);
    }
    return result;
}

bool is_readable(const std::string& text) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
        PQconninfoParse(text.c_str(), nullptr), &PQconninfoFree};
    return options != nullptr;
}

}  // namespace

std::string without_secrets(std::string_view text) { return mask_passwords(mask_urls(text)); }

std::string without_password(const std::string& connection_string) {
    const std::string_view text = connection_string;
    const auto scheme = text.find(scheme_end);
    if (scheme != text.npos && text.find_first_of("= '") > scheme) {
        const auto rest = scheme + scheme_end.size();
        const std::string masked = mask_credentials(text.substr(rest));
        const auto query = or_end(masked.find('?'), masked);
        return std::string{text.substr(0, rest)} + masked.substr(0, query) +
               mask_query(std::string_view{masked}.substr(query));
    }
    std::string masked = without_secrets(text);
    if (is_readable(connection_string)) return masked;
    if (masked == text) return std::string{mask} + " (not a connection string)";
    masked.resize(masked.find(mask) + mask.size());  // who knows where the password ends
    return masked;
}

}  // namespace adapters::postgres
