// commands/without_file.hpp: what was taken over from another tool while its file was gone, and a
// file that has come since.
//
// Same   the version's own file; else one that nothing was ever done with and has the same number:
//        "4" is what such a tool keeps of 00004. Where the tool keeps nothing that tells a place
//        (Drizzle's instants), one with the checksum that it has kept. Elsewhere a text alone says
//        nothing: what is new may well grant or refresh what was granted or refreshed before.
#pragma once

#include "ledger/identity.hpp"
#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace commands {

// It is applied, and the ledger never had a text of it.
[[nodiscard]] bool is_without_file(const projections::MigrationState& known);

// Whether that text is what was applied; nothing: the tool keeps no checksum.
[[nodiscard]] std::optional<bool> is_imported_text(const projections::TargetState& state,
                                                   const projections::MigrationState& known,
                                                   const migrations::Script& script);

// The files that may stand for what is applied without one, as another version. Those that are
// given must outlive it.
class LateFiles {
public:
    LateFiles(const projections::TargetState& state, const migrations::Folder& folder);

    // Each stands for one alone; nullptr: none does.
    [[nodiscard]] const migrations::Migration* take(const ledger::Version& applied);

private:
    struct LessNumber {
        bool operator()(const std::string& left, const std::string& right) const;
    };
    [[nodiscard]] std::map<std::string, const migrations::Migration*> by_checksum() const;

    const projections::TargetState& state_;
    std::vector<const migrations::Migration*> free_;
    std::map<std::string, const migrations::Migration*, LessNumber> by_number_;
    std::optional<std::map<std::string, const migrations::Migration*>> by_checksum_;
};

}  // namespace commands
