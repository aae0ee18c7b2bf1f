// tools/varve/fixes.hpp: the safer forms that validate offers, proven and written.
//
// Written  what is proven, whole and at once, and nothing else of the file; never one whose text
//          was changed on its way here (placeholders): that is left to its author, and said.
#pragma once

#include "commands/judge_folder.hpp"
#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"
#include "tools/varve/console.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace tools::varve {

struct FixOrder {
    commands::Shadow& shadow;
    std::vector<migrations::Script> history;
    bool write{};
    std::filesystem::path folder;     // of the scripts' files
    std::vector<std::string>& fixed;  // files that were written: their findings are of before
    std::string& broken;              // why the history cannot be made; empty: it can
};

// Changes the findings: a fix that is not proven is no longer offered. Where a script of the
// history fails, none can be, and a note says so once.
[[nodiscard]] ledger::Result<void> settle_fixes(const FixOrder& order,
                                                const migrations::Script& script,
                                                std::vector<migrations::Diagnostic>& findings,
                                                const Console& console);

}  // namespace tools::varve
