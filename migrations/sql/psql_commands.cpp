#include "migrations/sql/psql_commands.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/split.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

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
constexpr std::string_view shell = "runs a program of the shell, which was not judged";
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
    Unjudged{"\\!", shell, by_hand},
};

constexpr Unjudged behind_separator{
    "\\\\", "goes back to SQL within the line, which was not judged", "begin a new line there"};

const Unjudged* find(std::string_view name) {
    const auto* found = std::find_if(commands.begin(), commands.end(),
                                     [&](const Unjudged& each) { return each.word == name; });
    return found == commands.end() ? nullptr : found;
}

struct Command {
    std::string_view name;
    Range range;  // of the line
    bool runs_shell{};
};

// The commands of a line, as psql tells them apart: a backslash outside of quotes begins the next.
class CommandReader {
public:
    explicit CommandReader(std::string_view line) : line_{line} {}

    std::vector<Command> run() {
        while (at_ < line_.size()) take();
        return std::move(found_);
    }

private:
    void take() {
        const std::size_t begin = at_;
        const std::string_view rest = line_.substr(begin);
        const bool is_separator = rest.starts_with("\\\\");
        if (is_separator || rest.starts_with("\\!"))
            at_ = begin + 2;
        else
            at_ = std::min(line_.size(), line_.find_first_of(" \t;\\", begin + 1));
        Command command{line_.substr(begin, at_ - begin), {begin, at_}};
        if (is_separator || command.name == "\\!" || command.name == "\\copy")
            at_ = line_.size();  // they have the rest of the line
        else
            take_arguments(command);
        command.range.end = at_;
        found_.push_back(command);
    }

    void take_arguments(Command& command) {
        bool is_first = true;  // character of an argument
        while (at_ < line_.size() && line_[at_] != '\\') {
            const char character = line_[at_];
            if (character == '`') command.runs_shell = true;
            if (character == '|' && is_first && writes(command.name)) {
                command.runs_shell = true;
                at_ = line_.size();
                return;
            }
            is_first = is_space(character);
            if (character == '`' || character == '\'' || character == '"')
                skip_quoted(character);
            else
                ++at_;
        }
    }

    // To a file, or to a program behind a |.
    [[nodiscard]] static bool writes(std::string_view name) {
        constexpr std::array<std::string_view, 6> names{"\\g", "\\gx",    "\\o",
                                                        "\\w", "\\write", "\\out"};
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    void skip_quoted(char quote) {
        for (++at_; at_ < line_.size() && line_[at_] != quote; ++at_)
            if (quote == '\'' && line_[at_] == '\\') ++at_;
        at_ = std::min(at_ + 1, line_.size());
    }

    std::string_view line_;
    std::size_t at_{};
    std::vector<Command> found_;
};

// Nothing where it changes nothing that was judged.
const Unjudged* unjudged_in(const Command& command, std::string_view line) {
    static constexpr Unjudged runs{"\\!", shell, by_hand};
    const bool has_more = line.find_first_not_of(" \t", command.range.begin + 2) != line.npos;
    if (command.name == behind_separator.word) return has_more ? &behind_separator : nullptr;
    const Unjudged* known = find(command.name);
    return known == nullptr && command.runs_shell ? &runs : known;
}

}  // namespace

std::vector<Diagnostic> say_unjudged_commands(std::string_view text, const std::string& file) {
    std::vector<Diagnostic> said;
    if (text.find('\\') == std::string_view::npos) return said;
    const Split split = sql::split(text);
    if (split.meta_commands.empty()) return said;
    const Positions positions{text};
    for (const Range& range : split.meta_commands) {
        const auto line = text.substr(range.begin, range.end - range.begin);
        const auto found = CommandReader{line}.run();
        // Of a URL with its password.
        const bool is_secret = std::any_of(found.begin(), found.end(), [&](const Command& each) {
            const Unjudged* known = unjudged_in(each, line);
            return known != nullptr && known->why == elsewhere;
        });
        for (const Command& command : found) {
            const Unjudged* known = unjudged_in(command, line);
            if (known == nullptr) continue;
            Diagnostic diagnostic{Severity::warning, "psql-meta-command",
                                  std::string{command.name} + " of psql " + std::string{known->why},
                                  file};
            positions.mark(diagnostic, range.begin + command.range.begin,
                           range.begin + command.range.end);
            if (is_secret) diagnostic.source_line.clear();
            diagnostic.help = {std::string{known->help}};
            said.push_back(std::move(diagnostic));
        }
    }
    return said;
}

}  // namespace migrations::sql
