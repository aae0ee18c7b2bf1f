#include "migrations/layouts/foreign_marks.hpp"

#include "migrations/layouts/dbmate.hpp"
#include "migrations/layouts/goose.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/reading.hpp"
#include "migrations/layouts/two_way.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <optional>

namespace migrations::layouts {

namespace {

enum class Says {
    tool,  // by a word of the tool's own: it stands there for nobody else
    down,  // what follows undoes
    word,  // the same, said by a word alone: it counts behind such a word for what is to be done
};

struct ForeignMark {
    std::string_view whose;
    Says says{};
    std::string_view layout{};  // that reads it
};

using Seen = std::optional<ForeignMark>;

bool begins(std::string_view comment, std::string_view word) {
    return sql::same_word(comment.substr(0, word.size()), word);
}

// "up" of "====  UP  ====", with that many of the character on either side.
std::string_view within(std::string_view comment, char frame, std::size_t count) {
    const std::size_t begin = comment.find_first_not_of(frame);
    const std::size_t end = comment.find_last_not_of(frame);
    if (begin != count || comment.size() - end - 1 != count) return {};
    return trim(comment.substr(begin, end + 1 - begin));
}

// What may stand behind Liquibase's first words: attributes, "splitStatements:false".
bool are_attributes(std::string_view text) {
    text = trim(text);
    return text.empty() || text.substr(0, text.find_first_of(" \t")).find(':') != text.npos;
}

bool is_liquibase(std::string_view comment) {
    constexpr std::string_view changeset = "changeset ";
    if (begins(comment, changeset)) {
        const auto id = trim(comment.substr(changeset.size()));
        const std::size_t colon = id.find(':');
        return colon != 0 && colon < std::min(id.size() - 1, id.find_first_of(" \t")) &&
               !sql::is_space(id[colon + 1]);
    }
    constexpr std::string_view header = "liquibase formatted sql";
    return begins(comment, header) && are_attributes(comment.substr(header.size()));
}

Seen with_a_name(std::string_view line, std::string_view comment) {
    if (is_goose_line(line)) return ForeignMark{"goose", Says::tool, "goose"};
    if (is_sql_migrate_line(line)) return ForeignMark{"sql-migrate", Says::tool, "sql-migrate"};
    if (is_dbmate_line(line)) return ForeignMark{"dbmate", Says::tool, "dbmate"};
    if (is_tern_line(line)) return ForeignMark{"tern", Says::tool, "tern"};
    if (is_liquibase(comment)) return ForeignMark{"Liquibase", Says::tool};
    const std::string text = sql::lower(comment);
    if (text == "rambler up" || text == "rambler down") return ForeignMark{"rambler", Says::tool};
    if (text == "+micrate up" || text == "+micrate down") return ForeignMark{"micrate", Says::tool};
    if (comment == "!Ups" || comment == "!Downs")
        return ForeignMark{"Play's evolutions", Says::tool};
    return std::nullopt;
}

bool is_mybatis_undo(std::string_view comment) {
    return comment.starts_with("//") && begins(trim(comment.substr(2)), "@UNDO");
}

Seen that_undoes(std::string_view line, std::string_view comment) {
    if (is_dbmate_mark(line)) return ForeignMark{"dbmate", Says::down, "dbmate"};
    if (is_mybatis_undo(comment)) return ForeignMark{"MyBatis Migrations", Says::down};
    if (within(comment, '=', 4) == "DOWN") return ForeignMark{"shmig", Says::down};
    if (comment == "downgrade --") return ForeignMark{"aerich", Says::down};
    if (sql::same_word(comment, "down migration"))
        return ForeignMark{"node-pg-migrate", Says::down, "node-pg-migrate"};
    return std::nullopt;
}

// "down" of "--- @Down ---": one word, and nothing else of letters or digits.
std::string only_word(std::string_view comment) {
    constexpr std::string_view around = "-=#*+!@:[]<>/ \t";
    const std::size_t begin = comment.find_first_not_of(around);
    if (begin == std::string_view::npos) return {};
    return sql::lower(comment.substr(begin, comment.find_last_not_of(around) + 1 - begin));
}

Seen see_mark(std::string_view line) {
    if (!line.starts_with("--")) return std::nullopt;
    const std::string_view comment = trim(line.substr(2));
    if (const auto named = with_a_name(line, comment)) return named;
    return that_undoes(line, comment);
}

bool is_of(const ForeignMark& mark, std::string_view layout) {
    const bool is_gooses = mark.layout == "goose" || mark.layout == "sql-migrate";
    return mark.layout == layout || (is_gooses && (layout == "goose" || layout == "sql-migrate"));
}

bool may_be_mark(std::string_view line) { return trim(line).starts_with("--"); }

struct Place {
    std::size_t begin{};
    std::size_t end{};
    ForeignMark mark;
};

// Line by line, which is quick; hardly a script has any.
std::vector<Place> find_marks(std::string_view text, std::string_view layout, bool is_down) {
    std::vector<Place> places;
    bool has_up = false;
    for_each_line(text, [&](std::string_view whole, std::size_t begin, std::uint32_t) {
        if (!may_be_mark(whole)) return;
        const std::string_view line = trim(whole);
        auto mark = see_mark(line);
        if (!mark) {
            const std::string word = only_word(line);
            has_up = has_up || word == "up";
            if (has_up && word == "down") mark = ForeignMark{"another tool", Says::word};
        }
        if (!mark || is_of(*mark, layout) || (is_down && mark->says != Says::tool)) return;
        begin += static_cast<std::size_t>(line.data() - whole.data());
        places.push_back({begin, begin + line.size(), *mark});
    });
    return places;
}

// The first that is a comment where it stands, and that something follows where it names no tool.
const Place* first_true(std::string_view text, const std::vector<Place>& places) {
    sql::Lexer lexer{text};
    const Place* undoes = nullptr;
    for (sql::Token token; lexer.next(token);) {
        if (undoes != nullptr && !sql::is_comment(token.kind)) return undoes;
        if (token.kind != sql::TokenKind::line_comment) continue;
        const auto found = std::find_if(places.begin(), places.end(), [&](const Place& place) {
            return place.begin == token.begin;
        });
        if (found == places.end()) continue;
        if (found->mark.says == Says::tool) return &*found;
        if (undoes == nullptr) undoes = &*found;
    }
    return nullptr;
}

std::vector<std::string> help_for(const ForeignMark& mark, const MarkedScript& script) {
    if (mark.whose == "Liquibase")
        return {"let Liquibase write plain SQL (liquibase update-sql), and make migrations of that",
                "or take its directives away, and what they keep from being run"};
    std::vector<std::string> help;
    if (parse_directed_name(base_name(script.path))) {
        help = {"move what undoes into VERSION_name.down.sql, and take the marks away"};
        if (!mark.layout.empty()) help.emplace_back("or name the file VERSION_name.sql");
        return help;
    }
    if (script.layout == "flyway")
        return {
            "move what undoes into a script of its own, U<version>__<description>.sql, and "
            "take the marks away"};
    help = {
        "move what undoes into a file of its own (VERSION_name.up.sql, VERSION_name.down.sql), and "
        "take the marks away"};
    if (!mark.layout.empty())
        help.push_back("or say whose files they are: --layout " + std::string{mark.layout});
    return help;
}

}  // namespace

std::vector<Diagnostic> say_foreign_marks(const MarkedScript& script) {
    const auto places = find_marks(script.text, script.layout, script.is_down);
    if (places.empty()) return {};
    const Place* place = first_true(script.text, places);
    if (place == nullptr) return {};
    const ForeignMark& mark = place->mark;
    const std::string text{script.text.substr(place->begin, place->end - place->begin)};
    Diagnostic said{Severity::error, "directive-unknown",
                    "\"" + text + "\" is a mark of " + std::string{mark.whose} +
                        ", which is not read in this layout (" + std::string{script.layout} +
                        "): what it parts or excludes would run all the same",
                    std::string{script.path}};
    sql::Positions{script.text, script.first_line}.mark(said, place->begin, place->end);
    said.help = help_for(mark, script);
    said.concerns_running = !script.is_down;
    return {std::move(said)};
}

}  // namespace migrations::layouts
