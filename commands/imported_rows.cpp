#include "commands/imported_rows.hpp"

#include "commands/without_file.hpp"

namespace commands {

using migrations::bookkeeping::Entry;
using projections::MigrationState;
using projections::State;

const MigrationState* known_as(const projections::TargetState& state, const Entry& entry) {
    const MigrationState* known = state.find(entry.version);
    if (known != nullptr || !entry.recorded_version) return known;
    const MigrationState* without_file = state.find({*entry.recorded_version});
    const bool is_meant = without_file != nullptr && is_without_file(*without_file);
    return is_meant ? without_file : nullptr;
}

bool is_stale(const MigrationState& known, const Entry& entry) {
    if (known.applied || known.resumption || !known.imported) return false;
    const auto& then = known.imported->applied_at_us;
    return then == entry.applied_at_us || (entry.unfinished && !then);
}

bool contradicts(const MigrationState& known, const Entry& entry) {
    if (known.resumption) return true;
    const bool is_undone = known.state == State::rolled_back || known.state == State::pending;
    return is_undone && known.former && !is_stale(known, entry);
}

}  // namespace commands
