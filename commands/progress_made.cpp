#include "commands/progress_made.hpp"

namespace commands {

std::string and_begun(const std::vector<std::string>& begun) {
    std::string text;
    for (const std::string& each : begun) text += "; " + each;
    return text;
}

std::string how_to_finish(const ledger::Version& version) {
    return "finish it first: varve rollback --only " + version.text +
           "; or undo by hand what is left of it, and say so: varve resolve " + version.text +
           " --mark-unapplied --reason ...";
}

std::string progress_made(const projections::Resumption& resumption) {
    return std::to_string(resumption.statements_done) + " of " +
           std::to_string(resumption.statement_count) + " statements" + and_begun(resumption.begun);
}

}  // namespace commands
