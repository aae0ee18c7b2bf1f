#include "commands/without_file.hpp"

#include "migrations/bookkeeping/checksum.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "migrations/version.hpp"

namespace commands {

using projections::MigrationState;
using projections::TargetState;

namespace {

bool has_same_number(const std::string& applied, const std::string& of_file) {
    const auto one = migrations::number_of(applied);
    const auto other = migrations::number_of(of_file);
    const bool are_whole =
        one && other && one->size() == applied.size() && other->size() == of_file.size();
    return are_whole && migrations::compare_dotted(*one, *other) == 0;
}

}  // namespace

bool is_without_file(const MigrationState& known) {
    return known.imported && known.applied && known.applied->digest == ledger::Digest{};
}

std::optional<bool> is_imported_text(const TargetState& state, const MigrationState& known,
                                     const migrations::Script& script) {
    if (!state.imported || !known.imported || !known.imported->checksum) return std::nullopt;
    return migrations::bookkeeping::has_checksum(state.imported->tool, script.bytes,
                                                 *known.imported->checksum);
}

bool stands_for(const TargetState& state, const ledger::Version& applied,
                const migrations::Migration& file) {
    const auto& known = state.migrations.at(applied);
    return is_imported_text(state, known, file.up).value_or(false) ||
           has_same_number(applied.text, file.version.text);
}

}  // namespace commands
