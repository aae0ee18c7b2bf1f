#include "migrations/secret_examples.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace migrations {

using sql::lower;

namespace {

bool is_one_character(std::string_view text) {
    return text.find_first_not_of(text.front()) == std::string_view::npos;
}

// "testpassword", "dummy-token-1": nothing but words that say what it is, and that it is none.
bool says_it_is_none(std::string_view low) {
    constexpr std::array<std::string_view, 5> denying{"test", "dummy", "sample", "demo", "fake"};
    constexpr std::array<std::string_view, 9> naming{"password", "passwd", "pass", "pwd", "secret",
                                                     "token",    "key",    "user", "role"};
    bool denies = false;
    const auto take = [&](std::string_view word) {
        if (!low.starts_with(word)) return false;
        low.remove_prefix(word.size());
        return true;
    };
    while (!low.empty()) {
        if (low.front() == '_' || low.front() == '-' || (low.front() >= '0' && low.front() <= '9'))
            low.remove_prefix(1);
        else if (std::any_of(denying.begin(), denying.end(), take))
            denies = true;
        else if (std::none_of(naming.begin(), naming.end(), take))
            return false;
    }
    return denies;
}

bool is_name(std::string_view text) {
    return !text.empty() && sql::is_name_start(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char each) {
               return sql::is_name_part(each) || each == '.' || each == '-';
           });
}

// A password may begin with a dollar as well: a variable is in capitals, or says what it holds.
bool is_variable(std::string_view text) {
    if (!is_name(text)) return false;
    const auto is_low = [](char each) { return each >= 'a' && each <= 'z'; };
    if (std::none_of(text.begin(), text.end(), is_low)) return true;
    constexpr std::array<std::string_view, 7> ends{"password", "passwd", "pass", "pwd",
                                                   "secret",   "token",  "key"};
    const std::string low = lower(text);
    return std::any_of(ends.begin(), ends.end(),
                       [&](std::string_view end) { return low.ends_with(end); });
}

bool is_filled_in(std::string_view value) {
    struct Marks {
        std::string_view begin;
        std::string_view end;
    };
    constexpr std::array around{Marks{"$(", ")"},  Marks{"@", "@"},  Marks{"%", "%"},
                                Marks{"__", "__"}, Marks{"#{", "}"}, Marks{"{", "}"}};
    if (value.front() == '$' && is_variable(value.substr(1))) return true;
    return std::any_of(around.begin(), around.end(), [&](const Marks& marks) {
        const std::size_t both = marks.begin.size() + marks.end.size();
        return value.size() > both && value.starts_with(marks.begin) &&
               value.ends_with(marks.end) &&
               is_name(value.substr(marks.begin.size(), value.size() - both));
    });
}

// "auth.v2.forgot_password", "prop-00123", a UUID: an identifier of several parts, each a word, a
// number, or a word with a number.
bool is_composed(std::string_view low) {
    constexpr std::string_view separators = "._-/:";
    constexpr std::size_t uuid_size = 36;
    if (low.find_first_of(separators) == std::string_view::npos) return false;
    const bool is_uuid = low.size() == uuid_size &&
                         low.find_first_not_of("0123456789abcdef-") == std::string_view::npos &&
                         std::count(low.begin(), low.end(), '-') == 4;
    while (!low.empty() && !is_uuid) {
        const auto part = low.substr(0, low.find_first_of(separators));
        low.remove_prefix(std::min(low.size(), part.size() + 1));
        const std::size_t letters =
            std::min(part.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), part.size());
        if (part.find_first_not_of("0123456789", letters) != std::string_view::npos) return false;
    }
    return true;
}

}  // namespace

bool is_example(std::string_view value) {
    if (value.empty() || is_one_character(value)) return true;
    constexpr std::array words{"changeme",      "change_me",    "change-me",    "example",
                               "placeholder",   "redacted",     "xxxxxxxx",     "your_password",
                               "your-password", "yourpassword", "your password"};
    constexpr std::array<std::string_view, 9> values{"true", "false", "on",   "off",    "yes",
                                                     "no",   "none",  "null", "default"};
    const std::string low = lower(value);
    if (std::any_of(words.begin(), words.end(),
                    [&](const char* word) { return low.find(word) != std::string::npos; }) ||
        std::find(values.begin(), values.end(), low) != values.end())
        return true;
    if (says_it_is_none(low) || is_filled_in(value)) return true;
    const char first = value.front();
    const char last = value.back();
    return (first == '<' && last == '>') || value.starts_with("${") || value.starts_with("{{") ||
           value.starts_with(":'") || value.starts_with("%(") || value == "%L" || value == "%s" ||
           (first == ':' && value.size() > 1) || (first == '$' && value.size() < 4);
}

bool is_pattern(std::string_view user, std::string_view password) {
    constexpr std::string_view opening{"[{(^<*"};
    if (opening.find(password.front()) != std::string_view::npos) return true;
    if (user.find('[') != std::string_view::npos) return true;
    constexpr std::array<std::string_view, 4> users{"user", "username", "myuser", "youruser"};
    constexpr std::array<std::string_view, 7> passwords{
        "password", "pass", "secret", "pw", "mypassword", "yourpassword", "mypass"};
    const auto is_one_of = [](const auto& words, const std::string& word) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    return is_one_of(users, lower(user)) && is_one_of(passwords, lower(password));
}

bool looks_chosen(std::string_view value) {
    constexpr std::size_t least = 6;
    if (value.size() < least || is_example(value)) return false;
    if (value.find_first_of(" \t\r\n|()<>") != std::string_view::npos) return false;
    constexpr std::array<std::string_view, 17> not_it{
        "$2",   "$argon2", "$6$", "pbkdf2", "/",       "http", "{",    "scrypt:", "sha1",
        "sha2", "sha5",    "md5", "vault:", "secret:", "arn:", "env:", "ssm:"};
    const std::string low = lower(value);
    if (std::any_of(not_it.begin(), not_it.end(),
                    [&](std::string_view begin) { return low.starts_with(begin); }) ||
        is_composed(low))
        return false;
    const auto is_letter = [](char each) { return each >= 'a' && each <= 'z'; };
    return std::any_of(low.begin(), low.end(), is_letter) &&
           std::any_of(low.begin(), low.end(), sql::is_digit);
}

}  // namespace migrations
