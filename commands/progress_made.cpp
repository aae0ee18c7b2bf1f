#include "commands/progress_made.hpp"

namespace commands {

std::string and_begun(const std::vector<std::string>& begun) {
    std::string text;
    for (const std::string& each : begun) text += "; " + each;
    return text;
}

std::string progress_made(const projections::Resumption& resumption) {
    return std::to_string(resumption.statements_done) + " of " +
           std::to_string(resumption.statement_count) + " statements" + and_begun(resumption.begun);
}

}  // namespace commands
