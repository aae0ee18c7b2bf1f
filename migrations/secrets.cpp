#include "migrations/secrets.hpp"

#include "migrations/directives.hpp"
#include "migrations/secret_arguments.hpp"
#include "migrations/secret_clauses.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace migrations {

namespace {

bool is_token_character(char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
           (each >= '0' && each <= '9') || each == '_' || each == '-';
}

using sql::lower;

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

// What nobody could log in with, and what says of itself that it is to be replaced.
bool is_example(std::string_view value) {
    if (value.empty() || is_one_character(value)) return true;
    constexpr std::array words{"changeme",      "change_me",     "change-me",
                               "example",       "placeholder",   "redacted",
                               "your_password", "your-password", "yourpassword"};
    const std::string low = lower(value);
    if (std::any_of(words.begin(), words.end(),
                    [&](const char* word) { return low.find(word) != std::string::npos; }))
        return true;
    if (says_it_is_none(low)) return true;
    const char first = value.front();
    const char last = value.back();
    return (first == '<' && last == '>') || value.starts_with("${") || value.starts_with("{{") ||
           value.starts_with(":'") || value.starts_with("%(") || value == "%L" || value == "%s" ||
           (first == ':' && value.size() > 1) || (first == '$' && value.size() < 4);
}

// Of a URL: a form to be filled in, or a regular expression; what a URL holds unescaped it is not.
bool is_pattern(std::string_view user, std::string_view password) {
    constexpr std::string_view opening{"[{(^<*"};
    if (opening.find(password.front()) != std::string_view::npos) return true;
    if (user.find('[') != std::string_view::npos) return true;
    const std::string low = lower(user);
    return (low == "user" || low == "username") &&
           (lower(password) == "password" || lower(password) == "pass");
}

struct Prefix {
    std::string_view text;
    std::size_t rest_min;  // characters of a token that must follow
    std::string_view kind;
};

constexpr std::array prefixes{
    Prefix{"AKIA", 16, "an AWS access key"}, Prefix{"ASIA", 16, "an AWS access key"},
    Prefix{"ghp_", 30, "a GitHub token"},    Prefix{"gho_", 30, "a GitHub token"},
    Prefix{"ghs_", 30, "a GitHub token"},    Prefix{"github_pat_", 30, "a GitHub token"},
    Prefix{"glpat-", 20, "a GitLab token"},  Prefix{"xoxb-", 20, "a Slack token"},
    Prefix{"xoxp-", 20, "a Slack token"},    Prefix{"sk_live_", 16, "a Stripe key"},
    Prefix{"rk_live_", 16, "a Stripe key"},  Prefix{"AIza", 35, "a Google API key"},
    Prefix{"npm_", 36, "an npm token"},      Prefix{"SG.", 20, "a SendGrid key"},
    Prefix{"ghu_", 30, "a GitHub token"},    Prefix{"xoxa-", 20, "a Slack token"},
    Prefix{"xapp-", 20, "a Slack token"},    Prefix{"whsec_", 24, "a Stripe key"},
    Prefix{"sk-ant-", 24, "an API key"},     Prefix{"sk-proj-", 24, "an API key"},
    Prefix{"dop_v1_", 40, "an API key"},     Prefix{"shpat_", 24, "a Shopify token"},
};

// Of those that overlap, the one that begins first; of one place, what was found first.
std::vector<Secret> apart(std::vector<Secret> found) {
    std::stable_sort(found.begin(), found.end(), [](const Secret& left, const Secret& right) {
        return left.begin < right.begin;
    });
    std::vector<Secret> kept;
    for (Secret& secret : found) {
        if (kept.empty() || secret.begin >= kept.back().end)
            kept.push_back(std::move(secret));
        else
            kept.back().end = std::max(kept.back().end, secret.end);
    }
    return kept;
}

class Finder {
public:
    explicit Finder(std::string_view text) : text_{text}, low_{lower(text)} {}

    std::vector<Secret> run() {
        for (const Prefix& prefix : prefixes) find_prefixed(prefix);
        find_private_keys();
        find_web_tokens();
        find_in_urls();
        find_clauses();
        find_arguments();
        return apart(std::move(found_));
    }

private:
    void add(std::string_view kind, std::size_t begin, std::size_t end) {
        found_.push_back({std::string{kind}, begin, end});
    }

    [[nodiscard]] std::size_t token_end(std::size_t at) const {
        while (at < text_.size() && is_token_character(text_[at])) ++at;
        return at;
    }

    void find_prefixed(const Prefix& prefix) {
        for (std::size_t at = text_.find(prefix.text); at != std::string_view::npos;
             at = text_.find(prefix.text, at + 1)) {
            if (at > 0 && is_token_character(text_[at - 1])) continue;
            const std::size_t begin = at + prefix.text.size();
            const std::size_t end = token_end(begin);
            if (end - begin < prefix.rest_min) continue;
            if (is_example(text_.substr(begin, end - begin)) ||
                is_example(text_.substr(at, end - at)))
                continue;
            add(prefix.kind, at, end);
        }
    }

    void find_private_keys() {
        constexpr std::string_view mark = "PRIVATE KEY-----";
        constexpr std::string_view start = "-----BEGIN ";
        for (std::size_t at = text_.find(mark); at != std::string_view::npos;
             at = text_.find(mark, at + 1)) {
            const std::size_t line = text_.rfind(start, at);
            if (line == std::string_view::npos || at - line >= 40) continue;
            const std::size_t end = text_.find("-----END ", at);
            const std::size_t quote = text_.find('\'', at);
            add("a private key", line, std::min({end, quote, text_.size()}));
        }
    }

    // header.payload.signature, the first beginning with {" in base64.
    void find_web_tokens() {
        for (std::size_t at = text_.find("eyJ"); at != std::string_view::npos;
             at = text_.find("eyJ", at + 1)) {
            if (at > 0 && (is_token_character(text_[at - 1]) || text_[at - 1] == '.')) continue;
            const std::size_t first = token_end(at);
            if (first == text_.size() || text_[first] != '.') continue;
            const std::size_t second = token_end(first + 1);
            if (second == text_.size() || text_[second] != '.') continue;
            const std::size_t third = token_end(second + 1);
            if (first - at >= 10 && second - first > 10 && third - second > 20)
                add("a JSON web token", at, third);
        }
    }

    // scheme://user:password@host
    void find_in_urls() {
        for (std::size_t at = text_.find("://"); at != std::string_view::npos;
             at = text_.find("://", at + 3)) {
            const std::size_t begin = at + 3;
            const std::size_t end =
                std::min(text_.find_first_of("/'\" \t\r\n?", begin), text_.size());
            const auto authority = text_.substr(begin, end - begin);
            const std::size_t host = authority.rfind('@');
            const std::size_t colon = authority.find(':');
            if (host == std::string_view::npos || colon == std::string_view::npos || colon > host)
                continue;
            const auto password = authority.substr(colon + 1, host - colon - 1);
            if (!is_example(password) && !is_pattern(authority.substr(0, colon), password))
                add("a password in a URL", begin + colon + 1, begin + host);
        }
    }

    void find_clauses() {
        for (const SecretClause& clause : find_secret_clauses(text_))
            if (!is_example(
                    text_.substr(clause.value_begin, clause.value_end - clause.value_begin)))
                add(clause.kind, clause.begin, clause.end);
    }

    void find_arguments() {
        constexpr std::array words{"secret",      "password",      "passwd", "pwd",
                                   "api_key",     "apikey",        "token",  "pgp_sym",
                                   "private_key", "encryption_key"};
        const bool may_be = std::any_of(words.begin(), words.end(), [&](const char* word) {
            return low_.find(word) != std::string::npos;
        });
        if (!may_be) return;
        for (const auto& [begin, end] : find_secret_arguments(text_))
            if (!is_example(text_.substr(begin + 1, end - begin - 2)))
                add("a credential", begin, end);
    }

    std::string_view text_;
    std::string low_;
    std::vector<Secret> found_;
};

}  // namespace

std::vector<Secret> find_secrets(std::string_view text) { return Finder{text}.run(); }

std::string without_secrets(std::string_view text) {
    std::string masked;
    std::size_t at = 0;
    for (const Secret& secret : find_secrets(text)) {
        masked.append(text.substr(at, secret.begin - at));
        for (at = secret.begin; at < secret.end; ++at) {
            const bool continues = (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80;
            const bool ends_line = text[at] == '\n' || text[at] == '\r';
            if (!continues) masked += ends_line ? text[at] : '*';
        }
    }
    return masked.append(text.substr(at));
}

std::vector<Diagnostic> diagnose_secrets(const Script& script) {
    std::vector<Diagnostic> diagnostics;
    const std::string_view text = script.text.empty() ? script.bytes : script.text;
    auto secrets = find_secrets(text);
    if (secrets.empty()) return diagnostics;
    constexpr std::size_t told_max = 100;  // a script that has more is refused all the same
    if (secrets.size() > told_max) secrets.erase(secrets.begin() + told_max, secrets.end());
    std::optional<std::string> accepted;
    if (const auto configured = script.allowed.find(std::string{secret_rule});
        configured != script.allowed.end())
        accepted = configured->second;
    for (const Allowance& allowance :
         read_directives(text, script.path, script.first_line).allowances)
        if (allowance.rule == secret_rule) accepted = allowance.reason;
    const sql::Positions positions{text, script.first_line};
    for (const Secret& secret : secrets) {
        Diagnostic diagnostic{Severity::error, std::string{secret_rule},
                              secret.kind + " stands in the script, and a ledger forgets nothing",
                              script.path};
        positions.mark(diagnostic, secret.begin, secret.end);
        diagnostic.source_line.clear();
        diagnostic.help = {
            "set it outside of migrations, or from a secret store",
            "where it is none: -- varve: allow secret-in-script reason=\"...\"; of a "
            "file that must not be edited, in varve.toml: [migrations] files.\"" +
                script.path + "\".allow = { secret-in-script = \"...\" }"};
        diagnostic.accepted_because = accepted;
        diagnostics.push_back(std::move(diagnostic));
    }
    return diagnostics;
}

}  // namespace migrations
