#include "migrations/secret_tokens.hpp"

#include "migrations/secret_examples.hpp"
#include "migrations/secret_marks.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace migrations {

using sql::lower;

namespace {

// Every character of a script is asked.
const std::array<bool, 256>& token_characters() {
    static const auto known = [] {
        std::array<bool, 256> made{};
        for (std::size_t code = 0; code < made.size(); ++code) {
            const char character = static_cast<char>(code);
            made.at(code) = count_of(Alphabet::token, {&character, 1}) == 1;
        }
        return made;
    }();
    return known;
}

bool is_token_character(char each) { return token_characters()[static_cast<unsigned char>(each)]; }

// Not a word of prose.
bool is_mixed(std::string_view value) {
    const auto is_low = [](char each) { return each >= 'a' && each <= 'z'; };
    const auto is_other = [](char each) {
        return (each >= 'A' && each <= 'Z') || sql::is_digit(each);
    };
    return std::any_of(value.begin(), value.end(), is_low) &&
           std::any_of(value.begin(), value.end(), is_other);
}

// By the character that they begin with.
using MarksOf = std::array<std::vector<const SecretMark*>, 256>;

const MarksOf& marks_by_character() {
    static const MarksOf all = [] {
        MarksOf made;
        for (const SecretMark& mark : secret_marks())
            made.at(static_cast<unsigned char>(mark.text.front())).push_back(&mark);
        return made;
    }();
    return all;
}

class TokenFinder {
public:
    explicit TokenFinder(std::string_view text) : text_{text}, low_{lower(text)} {}

    std::vector<Secret> run() {
        find_marked();
        find_private_keys("PRIVATE KEY-----");
        find_private_keys("PRIVATE KEY BLOCK-----");
        find_web_tokens();
        find_bots();
        find_in_urls();
        find_headers();
        find_variables();
        return std::move(found_);
    }

private:
    void add(std::string_view kind, std::size_t begin, std::size_t end) {
        found_.push_back({std::string{kind}, begin, end});
    }

    [[nodiscard]] std::size_t token_end(std::size_t at) const {
        return at + count_of(Alphabet::token, text_.substr(at));
    }

    void find_marked() {
        const MarksOf& marks = marks_by_character();
        const auto& continues = token_characters();
        bool within = false;
        for (std::size_t at = 0; at < text_.size(); ++at) {
            const auto character = static_cast<unsigned char>(text_[at]);
            if (!within)
                for (const SecretMark* mark : marks[character]) find_marked(*mark, at);
            within = continues[character];
        }
    }

    void find_marked(const SecretMark& mark, std::size_t at) {
        if (text_.compare(at, mark.text.size(), mark.text) != 0) return;
        const std::size_t begin = at + mark.text.size();
        const std::size_t count = count_of(mark.alphabet, text_.substr(begin));
        const std::size_t end = begin + count;
        if (count < mark.rest_min || (mark.rest_max != 0 && count > mark.rest_max)) return;
        if (end < text_.size() && sql::is_name_part(text_[end])) return;
        if (mark.then != 0 && (end == text_.size() || text_[end] != mark.then)) return;
        const auto rest = text_.substr(begin, count);
        if (rest.find(mark.holds) == std::string_view::npos ||
            low_.find(mark.beside) == std::string::npos)
            return;
        if (!is_example(rest) && !is_example(text_.substr(at, end - at))) add(mark.kind, at, end);
    }

    // With something of a key behind it: text may speak of the mark alone.
    [[nodiscard]] bool has_key_behind(std::size_t at) const {
        constexpr std::size_t in_one_line_min = 32;
        while (at < text_.size() && (text_[at] == '\r' || text_[at] == '\n')) ++at;
        while (text_.substr(at).starts_with("\\n") || text_.substr(at).starts_with("\\r")) at += 2;
        if (at < text_.size() && text_[at] == ' ')
            return count_of(Alphabet::base64, text_.substr(at + 1, in_one_line_min)) ==
                   in_one_line_min;
        return at < text_.size() && count_of(Alphabet::base64, text_.substr(at, 1)) == 1;
    }

    void find_private_keys(std::string_view mark) {
        constexpr std::string_view start = "-----BEGIN ";
        constexpr std::size_t start_before = 40;
        std::size_t end = 0;
        std::size_t quote = 0;
        for (std::size_t at = text_.find(mark); at != std::string_view::npos;
             at = text_.find(mark, at + 1)) {
            const std::size_t from = at - std::min(at, start_before);
            const std::size_t line = text_.substr(from, at - from).rfind(start);
            if (line == std::string_view::npos || !has_key_behind(at + mark.size())) continue;
            if (end < at) end = text_.find("-----END ", at);
            if (quote < at) quote = text_.find('\'', at);
            add("a private key", from + line, std::min({end, quote, text_.size()}));
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

    // 123456789:AA and 33 characters more.
    void find_bots() {
        constexpr std::string_view mark = ":AA";
        constexpr std::size_t rest = 33;
        for (std::size_t at = text_.find(mark); at != std::string_view::npos;
             at = text_.find(mark, at + 1)) {
            std::size_t begin = at;
            while (begin > 0 && sql::is_digit(text_[begin - 1])) --begin;
            const bool is_apart = begin == 0 || !is_token_character(text_[begin - 1]);
            const std::size_t end = token_end(at + mark.size());
            if (is_apart && at - begin >= 8 && at - begin <= 10 && end == at + mark.size() + rest)
                add("a Telegram token", begin, end);
        }
    }

    // scheme://user:password@host
    void find_in_urls() {
        for (std::size_t at = text_.find("://"); at != std::string_view::npos;
             at = text_.find("://", at + 3)) {
            const std::size_t begin = at + 3;
            const std::size_t end =
                std::min(text_.find_first_of("/'\" \t\r\n?,", begin), text_.size());
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

    // Authorization: Bearer ..., Authorization: Basic ...
    void find_headers() {
        struct Scheme {
            std::string_view word;
            std::size_t least;
        };
        constexpr std::size_t name_before = 24;
        for (const Scheme& scheme : {Scheme{"bearer ", 24}, Scheme{"basic ", 16}})
            for (std::size_t at = low_.find(scheme.word); at != std::string_view::npos;
                 at = low_.find(scheme.word, at + 1)) {
                const std::size_t from = at - std::min(at, name_before);
                const auto before = std::string_view{low_}.substr(from, at - from);
                if (before.find("authorization") == std::string_view::npos) continue;
                const std::size_t begin = at + scheme.word.size();
                std::size_t end = begin;
                while (end < text_.size() &&
                       (text_[end] == '.' || count_of(Alphabet::base64, text_.substr(end, 1)) == 1))
                    ++end;
                const auto value = text_.substr(begin, end - begin);
                if (value.size() >= scheme.least && !is_example(value) && is_mixed(value))
                    add("a credential of a request", begin, end);
            }
    }

    // PGPASSWORD=x before a command.
    void find_variables() {
        constexpr std::size_t least = 4;
        for (const std::string_view name : {"PGPASSWORD=", "MYSQL_PWD="})
            for (std::size_t at = text_.find(name); at != std::string_view::npos;
                 at = text_.find(name, at + 1)) {
                const std::size_t begin =
                    std::min(text_.find_first_not_of("'\"", at + name.size()), text_.size());
                const std::size_t end =
                    std::min(text_.find_first_of(" \t\r\n'\";&|`", begin), text_.size());
                const auto value = text_.substr(begin, end - begin);
                if (value.size() >= least && !is_example(value) && !value.starts_with("$"))
                    add("a password of a command", begin, end);
            }
    }

    std::string_view text_;
    std::string low_;
    std::vector<Secret> found_;
};

}  // namespace

std::vector<Secret> find_secret_tokens(std::string_view text) { return TokenFinder{text}.run(); }

}  // namespace migrations
