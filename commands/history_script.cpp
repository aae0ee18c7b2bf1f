#include "commands/history_script.hpp"

#include "migrations/kept_script.hpp"

namespace commands {

std::optional<migrations::Script> history_script(const ReplayedScript& replayed) {
    if (replayed.left_out || replayed.missing) return std::nullopt;
    std::string text;
    // On a line of its own: the statement may end in a comment.
    for (const std::string& statement : replayed.statements) text += statement + "\n;\n";
    return migrations::kept_script(replayed.version.text + " " + replayed.name, text);
}

}  // namespace commands
