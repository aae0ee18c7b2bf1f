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
    std::string_view begins;  // the statement; empty: any
    std::vector<std::string_view> words;
};

const std::vector<NewerWords>& newer_words() {
    static const std::vector<NewerWords> all{
        {160000, "", {"is", "json"}},
        {160000, "", {"is", "not", "json"}},
        {160000, "", {"indent"}},
        {160000, "grant", {"with", "inherit"}},
        {160000, "grant", {"with", "set"}},
        {160000, "grant", {"with", "admin", "true"}},
        {160000, "grant", {"with", "admin", "false"}},
        {160000, "revoke", {"inherit", "option", "for"}},
        {160000, "revoke", {"set", "option", "for"}},
        {160000, "create", {"create", "statistics", "on"}},
        {160000, "create", {"create", "statistics", "("}},
        {170000, "", {"at", "local"}},
        {170000, "alter", {"set", "expression", "as"}},
        {170000, "alter", {"set", "statistics", "default"}},
        {180000, "alter", {"add", "not", "null"}},
        {180000, "", {"constraint", "*", "not", "null"}},
        {180000, "create", {",", "not", "null"}},
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

// 0x1F, 0o17, 0b1, 1_000
bool is_newer_number(std::string_view text) {
    if (text.empty() || !is_digit(text.front())) return false;
    const bool has_base = text.size() > 2 && text[0] == '0' &&
                          std::string_view{"xob"}.find(text[1]) != std::string_view::npos;
    const auto digits = text.substr(has_base ? 2 : 0);
    const bool are_digits = std::all_of(digits.begin(), digits.end(), [&](char each) {
        return is_digit(each) || each == '_' || (has_base && each >= 'a' && each <= 'f');
    });
    return are_digits && (has_base || text.find('_') != std::string_view::npos);
}

// What is new where the parser stopped, and what 15 has in its place.
class Stop {
public:
    Stop(std::string& statement, const SyntaxError& error)
        : statement_{statement}, error_{error}, words_{words_of(statement)} {
        const auto found = std::find_if(words_.begin(), words_.end(),
                                        [&](const Word& word) { return word.end > error.byte; });
        at_ = static_cast<std::size_t>(found - words_.begin());
    }

    // Puts what is older in its place; the version that knows it, 0: nothing of that kind is here.
    std::uint32_t make_older() {
        if (is(0, "storage") && begins("create")) return blank(0, 2, 160000);
        if (is(0, "default") && is(-1, "storage")) return put(0, 1, "plain", 160000);
        if (is(0, "default") && is(-1, "method")) return put(0, 1, "heap", 170000);
        if (is(-1, "period") && is_key()) return blank(-1, 1, 180000);
        if (is(0, "without") && is(1, "overlaps")) return blank(0, 2, 180000);
        if (is(0, "virtual") && begins("create")) return put(0, 1, "stored", 180000);
        if (is(0, "enforced")) return make_older_enforced();
        if (is(0, "not") && is(1, "null") && begins("alter")) return make_older_not_null();
        if (begins("merge")) return make_older_merge();
        if (at_ < words_.size() && is_newer_number(words_[at_].text)) return put(0, 1, "1", 160000);
        return 0;
    }

    // The same of what nothing older stands for.
    [[nodiscard]] std::uint32_t version() const {
        if (error_.message.find("in FROM must have an alias") != std::string::npos) return 160000;
        if (begins("reindex") && at_ == words_.size() && (is(-1, "database") || is(-1, "system")))
            return 160000;
        const auto& all = newer_words();
        const auto found = std::find_if(all.begin(), all.end(), [&](const NewerWords& each) {
            return (each.begins.empty() || begins(each.begins)) && stands_here(each.words);
        });
        if (found != all.end()) return found->version;
        if (ends_generated()) return 180000;
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
        return !words_.empty() && words_.front().text == text;
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

    // ADD [CONSTRAINT n] NOT NULL a
    std::uint32_t make_older_not_null() {
        if (word(2) == nullptr || !ends_change(3)) return 0;
        const std::ptrdiff_t add = is(-1, "add") ? -1 : -3;
        if (!is(add, "add") || (add == -3 && !is(-2, "constraint"))) return 0;
        const std::string column = statement_.substr(word(2)->begin, word(2)->end - word(2)->begin);
        return put(add, 3 - add, "ALTER " + column + " SET NOT NULL", 180000);
    }

    // What MERGE returns changes nothing; rows that no source has are changed as those found are.
    std::uint32_t make_older_merge() {
        if (is(0, "returning"))
            return blank(0, static_cast<std::ptrdiff_t>(words_.size() - at_), 170000);
        if (!is(0, "by") || !is(-1, "matched") || !is(-2, "not")) return 0;
        if (is(1, "target")) return blank(0, 2, 170000);
        return is(1, "source") ? std::min(blank(-2, 1, 170000), blank(0, 2, 170000)) : 0;
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
    const SyntaxError& error_;
    std::vector<Word> words_;
    std::size_t at_{};  // the word that the parser stopped at; their number: at the end
};

}  // namespace

bool NewerSyntax::may_be_known(std::uint32_t server_version) const {
    if (server_version >= known_versions_end) return true;
    return version != 0 && server_version >= version && !mistake;
}

NewerSyntax read_newer(std::string_view statement, std::size_t depth_bound,
                       const SyntaxError& error, const SeeTree& see) {
    constexpr int places_max = 100;
    constexpr std::size_t size_max = std::size_t{64} << 10U;  // each place is another reading
    NewerSyntax newer;
    if (error.not_judged || statement.size() > size_max) return newer;
    std::string older{statement};
    SyntaxError met = error;
    for (int places = 0; places < places_max; ++places) {
        Stop stop{older, met};
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
