#include "migrations/sql/psql_commands.hpp"

#include "migrations/sql/position.hpp"
#include "migrations/sql/split.hpp"

#include <algorithm>
#include <array>

namespace migrations::sql {

namespace {

struct Unjudged {
    std::string_view word;
    std::string_view why;
    std::string_view help;
};

constexpr std::string_view another_file = "brings in another file, which was not judged";
constexpr std::string_view name_file = "name that file as well, or put its text here";
constexpr std::string_view elsewhere =
    "goes on in another database or as another user: what follows was judged as if it did not";
constexpr std::string_view apart = "put what is for another database into a file of its own";
constexpr std::string_view by_hand = "the server never sees it: look at it yourself";

constexpr std::array commands{
    Unjudged{"\\i", another_file, name_file},
    Unjudged{"\\include", another_file, name_file},
    Unjudged{"\\ir", another_file, name_file},
    Unjudged{"\\include_relative", another_file, name_file},
    Unjudged{"\\gexec", "runs what the query gives as statements, which were not judged",
             "write the statements, or a DO block that puts them together by format()"},
    Unjudged{"\\c", elsewhere, apart},
    Unjudged{"\\connect", elsewhere, apart},
    Unjudged{"\\if",
             "runs one branch or another: all were judged, as if they ran one after another",
             "put each into a file of its own"},
    Unjudged{"\\copy", "moves rows between a table and a file, which was not judged", by_hand},
    Unjudged{"\\!", "runs a program of the shell, which was not judged", by_hand},
};

const Unjudged* find(std::string_view command) {
    const std::string_view word = command.substr(0, command.find_first_of(" \t\r\n;\\", 1));
    const std::string_view name = command.starts_with("\\!") ? command.substr(0, 2) : word;
    const auto* found = std::find_if(commands.begin(), commands.end(),
                                     [&](const Unjudged& each) { return each.word == name; });
    return found == commands.end() ? nullptr : found;
}

}  // namespace

std::vector<Diagnostic> say_unjudged_commands(std::string_view text, const std::string& file) {
    std::vector<Diagnostic> said;
    if (text.find('\\') == std::string_view::npos) return said;
    const Split split = sql::split(text);
    if (split.meta_commands.empty()) return said;
    const Positions positions{text};
    for (const Range& range : split.meta_commands) {
        const Unjudged* known = find(text.substr(range.begin, range.end - range.begin));
        if (known == nullptr) continue;
        Diagnostic diagnostic{Severity::warning, "psql-meta-command",
                              std::string{known->word} + " of psql " + std::string{known->why},
                              file};
        positions.mark(diagnostic, range.begin, range.end);
        if (known->why == elsewhere) diagnostic.source_line.clear();  // a URL with its password
        diagnostic.help = {std::string{known->help}};
        said.push_back(std::move(diagnostic));
    }
    return said;
}

}  // namespace migrations::sql
