#include "migrations/sql/newer_syntax.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace migrations::sql {

namespace {

// Words that a version added, where the parser stops at one of them or right behind.
struct NewerWords {
    std::uint32_t version;
    std::string_view begins;  // the statement, a word or two; empty: any
    std::vector<std::string_view> words;
};

const std::vector<NewerWords>& newer_words() {
    static const std::vector<NewerWords> all{
        {160000, "", {"is", "json"}},
        {160000, "", {"is", "not", "json"}},
        {160000, "", {"indent"}},
        {160000, "", {"no", "indent"}},
        {160000, "grant", {"with", "inherit"}},
        {160000, "grant", {"with", "set"}},
        {160000, "grant", {"with", "admin", "true"}},
        {160000, "grant", {"with", "admin", "false"}},
        {160000, "grant", {"option", ",", "inherit"}},
        {160000, "grant", {"option", ",", "set"}},
        {160000, "revoke", {"inherit", "option", "for"}},
        {160000, "revoke", {"set", "option", "for"}},
        {160000, "create", {"create", "statistics", "on"}},
        {160000, "create", {"create", "statistics", "("}},
        {170000, "", {"at", "local"}},
        {170000, "alter", {"set", "expression", "as"}},
        {170000, "alter", {"set", "statistics", "default"}},
        {170000, "alter operator", {"hashes"}},
        {170000, "alter operator", {"merges"}},
        {170000, "alter domain", {"add", "not", "null"}},
        {170000, "alter domain", {"constraint", "*", "not", "null"}},
        {180000, "alter", {"add", "not", "null"}},
        {180000, "", {"constraint", "*", "not", "null"}},
        {180000, "", {"not", "null", "no", "inherit"}},
        {180000, "alter", {"alter", "constraint", "*", "inherit"}},
        {180000, "alter", {"alter", "constraint", "*", "no", "inherit"}},
        {180000, "alter", {"on", "large", "objects"}},
        {180000, "", {"enforced"}},
        {180000, "", {"virtual"}},
        {180000, "", {"without", "overlaps"}},
        {180000, "", {"returning", "with"}},
        {180000, "vacuum", {"only"}},
        {180000, "analyze", {"only"}},
    };
    return all;
}

// Functions with a grammar of their own.
std::uint32_t version_of_call(std::string_view function) {
    constexpr std::array<std::string_view, 4> since_16{"json_object", "json_array",
                                                       "json_objectagg", "json_arrayagg"};
    constexpr std::array<std::string_view, 7> since_17{
        "json",        "json_scalar", "json_serialize", "json_table",
        "json_exists", "json_query",  "json_value"};
    if (std::find(since_16.begin(), since_16.end(), function) != since_16.end()) return 160000;
    if (std::find(since_17.begin(), since_17.end(), function) != since_17.end()) return 170000;
    return 0;
}

struct Word {
    std::string text;  // in lower case
    std::size_t begin{};
    std::size_t end{};
};

std::vector<Word> words_of(std::string_view statement) {
    std::vector<Word> words;
    Lexer lexer{statement};
    for (Token token; lexer.next(token);)
        if (!is_comment(token.kind))
            words.push_back({lower(statement.substr(token.begin, token.end - token.begin)),
                             token.begin, token.end});
    return words;
}

// Where digits end that begin at `at`: each may have one "_" before it.
std::size_t end_of_digits(std::string_view text, std::size_t at, std::string_view digits) {
    const auto is_digit_at = [&](std::size_t place) {
        return place < text.size() && digits.find(text[place]) != std::string_view::npos;
    };
    while (is_digit_at(at) || (at < text.size() && text[at] == '_' && is_digit_at(at + 1))) ++at;
    return at;
}

std::size_t end_of_decimals(std::string_view text, std::size_t at) {
    const bool is_one = at < text.size() && is_digit(text[at]);
    return is_one ? end_of_digits(text, at, "0123456789") : at;
}

// 1_000, 1_000.5, .5_5, 1e-1_0
std::size_t end_of_decimal_number(std::string_view text) {
    std::size_t at = end_of_decimals(text, 0);
    if (at < text.size() && text[at] == '.') at = end_of_decimals(text, at + 1);
    if (at == text.size() || (text[at] | 0x20) != 'e') return at;
    const std::size_t sign = at + 1;
    const bool is_signed = sign < text.size() && (text[sign] == '-' || text[sign] == '+');
    const std::size_t exponent = is_signed ? sign + 1 : sign;
    const std::size_t end = end_of_decimals(text, exponent);
    return end == exponent ? at : end;
}

// The size of such a number that the text begins with, or one with a base: 0x1F, 0o17, 0b1. 0: of
// none, or one that 15 has.
std::size_t newer_number_size(std::string_view text) {
    const bool has_point = text.size() > 1 && text[0] == '.' && is_digit(text[1]);
    if (text.empty() || (!is_digit(text[0]) && !has_point)) return 0;
    const char base = static_cast<char>(text.size() > 2 && text[0] == '0' ? text[1] | 0x20 : ' ');
    const std::string_view digits = base == 'x'   ? "0123456789abcdefABCDEF"
                                    : base == 'o' ? "01234567"
                                    : base == 'b' ? "01"
                                                  : "";
    const std::size_t end =
        digits.empty() ? end_of_decimal_number(text) : end_of_digits(text, 2, digits);
    if (end < text.size() && is_name_part(text[end])) return 0;
    const bool is_newer =
        digits.empty() ? text.substr(0, end).find('_') != std::string_view::npos : end > 2;
    return is_newer ? end : 0;
}

// What is new where the parser stopped, and what 15 has in its place.
class Stop {
public:
    Stop(std::string& statement, std::size_t depth_bound, const SyntaxError& error)
        : statement_{statement},
          depth_bound_{depth_bound},
          error_{error},
          words_{words_of(statement)} {
        for (std::size_t index = 0; index < std::min(words_.size(), std::size_t{2}); ++index)
            beginning_ += words_[index].text + ' ';
        const auto found = std::find_if(words_.begin(), words_.end(),
                                        [&](const Word& word) { return word.end > error.byte; });
        at_ = static_cast<std::size_t>(found - words_.begin());
    }

    // Puts what is older in its place; the version that knows it, 0: nothing of that kind is here.
    std::uint32_t make_older() {
        if (is(0, "storage") &&
            (begins("create") || (begins("alter") && stands_before("add", ","))))
            return blank(0, 2, 160000);
        if (is(0, "default") && is(-1, "storage")) return put(0, 1, "plain", 160000);
        if (is(0, "default") && is(-1, "method")) return put(0, 1, "heap", 170000);
        if (is(-1, "period") && is_key()) return blank(-1, 1, 180000);
        if (is(0, "without") && is(1, "overlaps")) return blank(0, 2, 180000);
        if (is(0, "virtual") && begins("create")) return put(0, 1, "stored", 180000);
        if (is(0, "enforced")) return make_older_enforced();
        if (is(0, "not") && is(1, "null") && begins("alter")) return make_older_not_null();
        if (is_in_merge()) return make_older_merge();
        if (begins("cluster (") && is(-1, ")") && word(0) == nullptr)
            return blank(1 - static_cast<std::ptrdiff_t>(at_), static_cast<std::ptrdiff_t>(at_) - 1,
                         170000);
        return make_older_numbers();
    }

    // The same of what nothing older stands for.
    [[nodiscard]] std::uint32_t version() const {
        if (error_.message.find("in FROM must have an alias") != std::string::npos) return 160000;
        if (error_.message.find("constraints cannot be marked NO INHERIT") != std::string::npos)
            return 180000;  // ALTER CONSTRAINT c NO INHERIT, of which no place is told
        if (begins("reindex") && ends_whole_reindex()) return 160000;
        const auto& all = newer_words();
        const auto found = std::find_if(all.begin(), all.end(), [&](const NewerWords& each) {
            return (each.begins.empty() || begins(each.begins)) && stands_here(each.words);
        });
        if (found != all.end()) return found->version;
        if (is_in_merge() && is(0, "returning")) return 170000;
        if (begins("create") && is(0, "not") && is(1, "null") && (is(-1, ",") || is(-1, "(")))
            return 180000;
        if (ends_generated() && may_follow_generated()) return 180000;
        return version_of_enclosing_call();
    }

private:
    [[nodiscard]] const Word* word(std::ptrdiff_t ahead) const {
        const auto index = static_cast<std::ptrdiff_t>(at_) + ahead;
        const bool is_there = index >= 0 && index < static_cast<std::ptrdiff_t>(words_.size());
        return is_there ? &words_[static_cast<std::size_t>(index)] : nullptr;
    }
    [[nodiscard]] bool is(std::ptrdiff_t ahead, std::string_view text) const {
        const Word* there = word(ahead);
        return there != nullptr && there->text == text;
    }
    [[nodiscard]] bool begins(std::string_view text) const {
        return std::string_view{beginning_}.starts_with(text) && beginning_[text.size()] == ' ';
    }
    // Within the same parentheses, and nearer than `until`.
    [[nodiscard]] bool stands_before(std::string_view text, std::string_view until) const {
        std::ptrdiff_t depth = 0;
        for (std::ptrdiff_t ahead = -1; word(ahead) != nullptr; --ahead) {
            if (is(ahead, ")")) ++depth;
            if (is(ahead, "(") && --depth < 0) return false;
            if (depth == 0 && is(ahead, text)) return true;
            if (depth == 0 && is(ahead, until)) return false;
        }
        return false;
    }
    [[nodiscard]] bool is_in_merge() const {
        return (is(0, "by") || is(0, "returning")) && stands_before("matched", "merge") &&
               stands_before("merge", ";");
    }
    [[nodiscard]] bool ends_change(std::ptrdiff_t ahead) const {
        return word(ahead) == nullptr || is(ahead, ",");
    }

    std::uint32_t blank(std::ptrdiff_t from, std::ptrdiff_t count, std::uint32_t version) {
        return put(from, count, "", version);
    }
    // Where there is no room for it, what stands there stays.
    std::uint32_t put(std::ptrdiff_t from, std::ptrdiff_t count, std::string_view older,
                      std::uint32_t version) {
        const Word* first = word(from);
        const Word* last = word(from + count - 1);
        if (first == nullptr || last == nullptr) return 0;
        const std::size_t size = last->end - first->begin;
        if (older.size() > size && word(from + count) != nullptr) return 0;
        std::string padded{older};
        padded.resize(std::max(size, older.size()), ' ');
        statement_.replace(first->begin, size, padded);
        return version;
    }

    // FOREIGN KEY (a, PERIOD b), REFERENCES t (a, PERIOD b)
    [[nodiscard]] bool is_key() const {
        return std::any_of(words_.begin(), words_.end(), [](const Word& each) {
            return each.text == "foreign" || each.text == "references";
        });
    }

    // Nothing is scanned for a constraint that is not enforced, as for one that is not valid.
    std::uint32_t make_older_enforced() {
        for (std::size_t index = 0; index + 1 < words_.size(); ++index)
            if (words_[index].text == "alter" && words_[index + 1].text == "constraint") return 0;
        if (!is(-1, "not")) return blank(0, 1, 180000);
        return begins("create") ? blank(-1, 2, 180000) : put(0, 1, "valid", 180000);
    }

    // ADD [CONSTRAINT n] NOT NULL a; of a domain, no column is named.
    std::uint32_t make_older_not_null() {
        const std::ptrdiff_t add = is(-1, "add") ? -1 : -3;
        if (!is(add, "add") || (add == -3 && !is(-2, "constraint"))) return 0;
        if (begins("alter domain"))
            return word(2) == nullptr ? put(add, 2 - add, "SET NOT NULL", 170000) : 0;
        if (word(2) == nullptr || !ends_change(3)) return 0;
        const std::string column = statement_.substr(word(2)->begin, word(2)->end - word(2)->begin);
        return put(add, 3 - add, "ALTER " + column + " SET NOT NULL", 180000);
    }

    // What MERGE returns changes nothing; rows that no source has are changed as those found are.
    std::uint32_t make_older_merge() {
        if (is(0, "returning")) return make_older_returning();
        if (!is(0, "by") || !is(-1, "matched") || !is(-2, "not")) return 0;
        if (is(1, "target")) return blank(0, 2, 170000);
        return is(1, "source") ? std::min(blank(-2, 1, 170000), blank(0, 2, 170000)) : 0;
    }

    // Up to the end of the MERGE, where that is what a DELETE might return: a mistake is not lost.
    std::uint32_t make_older_returning() {
        std::ptrdiff_t depth = 0;
        std::ptrdiff_t end = 0;
        for (; word(end) != nullptr; ++end) {
            if (is(end, "(")) ++depth;
            if (is(end, ")") && --depth < 0) break;
        }
        const std::size_t begin = word(0)->begin;
        const auto list = statement_.substr(begin, word(end - 1)->end - begin);
        if (with_tree("DELETE FROM a " + list, depth_bound_, [](const PgQuery__Node&) {})) return 0;
        return blank(0, end, 170000);
    }

    // All from the one where the parser stopped, since there may be thousands.
    std::uint32_t make_older_numbers() {
        std::size_t behind = 0;
        for (std::size_t index = at_; index < words_.size(); ++index) {
            const std::size_t begin = words_[index].begin;
            if (begin < behind) continue;
            const auto size = newer_number_size(std::string_view{statement_}.substr(begin));
            if (size == 0 && index == at_) return 0;
            if (size == 0) continue;
            behind = begin + size;
            statement_.replace(begin, size, "1" + std::string(size - 1, ' '));
        }
        return behind == 0 ? 0 : 160000;
    }

    // REINDEX DATABASE [CONCURRENTLY], without its name
    [[nodiscard]] bool ends_whole_reindex() const {
        const std::ptrdiff_t last = is(-1, "concurrently") ? -2 : -1;
        return word(0) == nullptr && (is(last, "database") || is(last, "system"));
    }

    // Some of the words are where the parser stopped, or all of them right before. "*": any.
    [[nodiscard]] bool stands_here(const std::vector<std::string_view>& words) const {
        const auto count = static_cast<std::ptrdiff_t>(words.size());
        for (std::ptrdiff_t from = -count; from <= 0; ++from) {
            std::ptrdiff_t same = 0;
            while (same < count && (is(from + same, words[static_cast<std::size_t>(same)]) ||
                                    words[static_cast<std::size_t>(same)] == "*"))
                ++same;
            if (same == count) return true;
        }
        return false;
    }

    // GENERATED ALWAYS AS (a * 2), which is virtual where nothing is said.
    [[nodiscard]] bool ends_generated() const {
        if (!is(-1, ")")) return false;
        std::ptrdiff_t depth = 0;
        for (std::ptrdiff_t ahead = -1; word(ahead) != nullptr; --ahead) {
            if (is(ahead, ")")) ++depth;
            if (is(ahead, "(") && --depth == 0)
                return is(ahead - 1, "as") && is(ahead - 2, "always") && is(ahead - 3, "generated");
        }
        return false;
    }

    // Another column or a constraint may; STORED, misspelt, may not.
    [[nodiscard]] bool may_follow_generated() const {
        constexpr std::array<std::string_view, 13> words{
            ",",     ")",       "constraint", "not",        "null",      "unique", "primary",
            "check", "default", "references", "deferrable", "initially", "collate"};
        return word(0) == nullptr ||
               std::any_of(words.begin(), words.end(),
                           [&](std::string_view each) { return is(0, each); });
    }

    [[nodiscard]] std::uint32_t version_of_enclosing_call() const {
        std::ptrdiff_t depth = 0;
        for (std::ptrdiff_t ahead = -1; word(ahead) != nullptr; --ahead) {
            if (is(ahead, ")")) ++depth;
            if (!is(ahead, "(") || --depth >= 0) continue;
            depth = 0;
            const Word* function = word(ahead - 1);
            const std::uint32_t version = function ? version_of_call(function->text) : 0;
            if (version != 0) return version;
        }
        return 0;
    }

    std::string& statement_;
    std::size_t depth_bound_;
    const SyntaxError& error_;
    std::vector<Word> words_;
    std::string beginning_;  // the first two words, each with a space behind it
    std::size_t at_{};       // the word that the parser stopped at; their number: at the end
};

}  // namespace

bool NewerSyntax::may_be_known(std::uint32_t server_version) const {
    if (server_version >= known_versions_end) return true;
    return version != 0 && server_version >= version && !mistake;
}

NewerSyntax read_newer(std::string_view statement, std::size_t depth_bound,
                       const SyntaxError& error, const SeeTree& see) {
    constexpr std::size_t places_max = 100;  // each is another reading
    constexpr std::size_t bytes_read_max = places_max * (std::size_t{64} << 10U);
    NewerSyntax newer;
    if (error.not_judged || statement.empty()) return newer;
    const std::size_t readings = std::min(places_max, bytes_read_max / statement.size());
    std::string older{statement};
    SyntaxError met = error;
    for (std::size_t places = 0; places < readings; ++places) {
        Stop stop{older, depth_bound, met};
        const std::uint32_t version = stop.make_older();
        if (version == 0) {
            const std::uint32_t unread = stop.version();
            if (unread == 0 && newer.version != 0) newer.mistake = std::move(met);
            newer.version = std::max(newer.version, unread);
            return newer;
        }
        newer.version = std::max(newer.version, version);
        auto again = with_tree(older, depth_bound, see);
        newer.is_read = !again;
        if (newer.is_read || again->not_judged) return newer;
        met = std::move(*again);
    }
    return newer;
}

}  // namespace migrations::sql
