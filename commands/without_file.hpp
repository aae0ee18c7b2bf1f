// commands/without_file.hpp: what was taken over from another tool while its file was gone, and a
// file that has come since.
//
// Same   the version's own file; else one that nothing was ever done with and has the same number:
//        "4" is what such a tool keeps of 00004. Where a name comes behind the number (Prisma), its
//        checksum is the same as well. Where the tool keeps nothing that tells a place
//        (Drizzle's instants), one with the checksum that it has kept. Elsewhere a text alone says
//        nothing: what is new may well grant or refresh what was granted or refreshed before.
#pragma once

#include "ledger/identity.hpp"
#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <map>
#include <optional>
#include <set>
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
    using Files = std::map<std::string, std::vector<const migrations::Migration*>>;
    struct LessNumber {
        bool operator()(const std::string& left, const std::string& right) const;
    };
    [[nodiscard]] Files by_checksum() const;
    [[nodiscard]] const migrations::Migration* of_number(const ledger::Version& applied) const;
    [[nodiscard]] const migrations::Migration* of_checksum(const ledger::Version& applied);

    const projections::TargetState& state_;
    std::vector<const migrations::Migration*> free_;
    std::multimap<std::string, const migrations::Migration*, LessNumber> by_number_;
    std::optional<Files> by_checksum_;
    std::set<const migrations::Migration*> taken_;
};

}  // namespace commands
