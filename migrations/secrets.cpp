#include "migrations/secrets.hpp"

#include "migrations/any_word.hpp"
#include "migrations/directives.hpp"
#include "migrations/secret_arguments.hpp"
#include "migrations/secret_clauses.hpp"
#include "migrations/secret_examples.hpp"
#include "migrations/secret_tokens.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <optional>

namespace migrations {

namespace {

using sql::lower;

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
        found_ = find_secret_tokens(text_);
        find_clauses();
        find_arguments();
        return apart(std::move(found_));
    }

private:
    void add(std::string_view kind, std::size_t begin, std::size_t end) {
        found_.push_back({std::string{kind}, begin, end});
    }

    void find_clauses() {
        for (const SecretClause& clause : find_secret_clauses(text_))
            if (!is_example(
                    text_.substr(clause.value_begin, clause.value_end - clause.value_begin)))
                add(clause.kind, clause.begin, clause.end);
    }

    void find_arguments() {
        if (!has_any_word(low_, {"secret", "password", "passwd", "pwd", "api_key", "apikey",
                                 "token", "pgp_sym", "private_key", "signing_key", "encrypt",
                                 "decrypt", "encryption_key", "access_key", "hmac", "sign("}))
            return;
        for (const auto& [begin, end] : find_secret_arguments(text_))
            if (!is_example(text_.substr(begin + 1, end - begin - 2)))
                add("a credential", begin, end);
    }

    std::string_view text_;
    std::string low_;
    std::vector<Secret> found_;
};

constexpr std::string_view near_mark = "at or near \"";  // of PostgreSQL's messages

// Of a part of the text, a star for each character of it that a secret has.
std::string starred(std::string_view text, std::size_t from, std::size_t to,
                    const std::vector<Secret>& secrets) {
    std::string masked;
    std::size_t at = from;
    for (const Secret& secret : secrets) {
        if (secret.end <= at || secret.begin >= to) continue;
        const std::size_t begin = std::max(secret.begin, at);
        masked.append(text.substr(at, begin - at));
        for (at = begin; at < std::min(secret.end, to); ++at) {
            const bool continues = (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80;
            const bool ends_line = text[at] == '\n' || text[at] == '\r';
            if (!continues) masked += ends_line ? text[at] : '*';
        }
    }
    return masked.append(text.substr(at, to - at));
}

// Where each line of a text begins.
class Lines {
public:
    Lines(std::string_view text, std::uint32_t first_line) : first_line_{first_line} {
        for (std::size_t at = text.find('\n'); at != std::string_view::npos;
             at = text.find('\n', at + 1))
            begins_.push_back(at + 1);
    }
    [[nodiscard]] std::size_t begin_of(std::uint32_t line) const {
        return begins_.at(std::min<std::size_t>(line - first_line_, begins_.size() - 1));
    }

private:
    std::uint32_t first_line_;
    std::vector<std::size_t> begins_{0};
};

}  // namespace

std::vector<Secret> find_secrets(std::string_view text) { return Finder{text}.run(); }

std::string without_secrets(std::string_view text) {
    return starred(text, 0, text.size(), find_secrets(text));
}

void hide_secrets(std::string_view text, std::uint32_t first_line,
                  std::vector<Diagnostic>& diagnostics) {
    if (diagnostics.empty()) return;
    const auto secrets = find_secrets(text);
    if (secrets.empty()) return;
    const Lines lines{text, first_line};
    for (Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.line < first_line) continue;
        const std::size_t line = lines.begin_of(diagnostic.line);
        if (text.substr(line, diagnostic.source_line.size()) == diagnostic.source_line)
            diagnostic.source_line =
                starred(text, line, line + diagnostic.source_line.size(), secrets);
        const std::size_t mark = diagnostic.message.find(near_mark);
        if (mark == std::string_view::npos || diagnostic.column == 0) continue;
        const std::size_t begin = mark + near_mark.size();
        const std::size_t at =
            line + sql::byte_of_character(text.substr(line), diagnostic.column - 1);
        const std::size_t size = diagnostic.message.size() - begin - 1;  // without its last quote
        const bool is_piece =
            text.substr(at, size) == std::string_view{diagnostic.message}.substr(begin, size);
        diagnostic.message.replace(begin, size,
                                   is_piece ? starred(text, at, at + size, secrets) : "...");
    }
}

std::vector<Diagnostic> diagnose_secrets(const Script& script) {
    std::vector<Diagnostic> diagnostics;
    const std::string_view text = script.text.empty() ? script.bytes : script.text;
    auto secrets = find_secrets(text);
    if (secrets.empty()) return diagnostics;
    constexpr std::size_t told_max = 100;  // a script that has more is refused all the same
    if (secrets.size() > told_max) secrets.erase(secrets.begin() + told_max, secrets.end());
    std::optional<std::string> accepted;
    if (const auto configured = script.allowances().find(std::string{secret_rule});
        configured != script.allowances().end())
        accepted = configured->second;
    for (const Allowance& allowance :
         read_directives(text, script.path, script.first_line).allowances)
        if (allowance.rule == secret_rule) accepted = allowance.reason;
    const sql::Positions positions{text, script.first_line, script.written()};
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
