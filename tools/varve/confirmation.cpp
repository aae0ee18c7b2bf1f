#include "tools/varve/confirmation.hpp"

#include <iostream>
#include <unistd.h>

namespace tools::varve {

bool can_ask(const Console& console) { return isatty(STDIN_FILENO) == 1 && console.terminal(); }

ledger::Result<void> ask(const std::string& question) {
    std::cerr << question << " [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    if (answer == "y" || answer == "Y" || answer == "yes") return {};
    return ledger::fail(ledger::Code::refused, "confirmation-declined",
                        "the answer was not yes; nothing was done",
                        "answer y, or add --yes, to go on");
}

}  // namespace tools::varve
