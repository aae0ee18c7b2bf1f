// commands/renamed_files.hpp: where the texts that are applied are found in a folder that was
// renamed or renumbered.
//
// Found   a file with the very text of what is applied, under another version, which is not
//         applied, or whose own text has moved on as well: 1 to 2, 2 to 3, 3 to 4. Each file stands
//         for one alone: of two with the same text, the first for the first. What was imported
//         without a file is found by what the other tool keeps of it.
// Not     where the text of the version that was taken is nowhere, or all are taken in a circle:
//         then the file has changed, and somebody has to look.
#pragma once

#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <map>
#include <vector>

namespace commands {

class RenamedFiles {
public:
    RenamedFiles(const projections::TargetState& state, const migrations::Folder& folder);

    // The file that has what is applied as that version; nullptr: its own, or none has.
    [[nodiscard]] const migrations::Migration* now(const ledger::Version& version) const;

    // What is applied as another version, whose own file is gone or has another text, with the text
    // of this file.
    [[nodiscard]] const ledger::Version* whose_text(const migrations::Migration& file) const;

private:
    void find_displaced();
    void find_files();
    void find_late_files();
    void leave_out_lost();
    [[nodiscard]] bool leads_out(const ledger::Version& version) const;

    const projections::TargetState& state_;
    const migrations::Folder& folder_;
    std::vector<ledger::Version> displaced_;  // in the order applied
    std::vector<ledger::Version> without_file_;
    std::map<ledger::Version, const migrations::Migration*> now_;
};

}  // namespace commands
