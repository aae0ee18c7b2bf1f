#include "commands/owed_markers.hpp"

#include <algorithm>
#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;
using projections::MigrationState;

namespace {

using Owed = std::pair<ledger::Version, const MigrationState*>;

std::vector<Owed> owed_of(const projections::TargetState& state) {
    std::vector<Owed> owed;
    for (const auto& [version, migration] : state.migrations)
        if (migration.owed) owed.emplace_back(version, &migration);
    std::sort(owed.begin(), owed.end(), [](const Owed& a, const Owed& b) {
        return a.second->last_position < b.second->last_position;
    });
    return owed;
}

}  // namespace

bool owes_markers(const projections::TargetState& state) {
    return std::any_of(state.migrations.begin(), state.migrations.end(),
                       [](const auto& each) { return each.second.owed.has_value(); });
}

Result<std::vector<Marker>> owed_markers(const Journal& journal, const ServerFacts& facts,
                                         const projections::TargetState& state) {
    const auto owed = owed_of(state);
    std::vector<Marker> markers;
    if (owed.empty()) return markers;
    const auto head = journal.reader().head();
    if (!head) return fail(head.error());
    for (const auto& [version, migration] : owed)
        markers.push_back(
            {migration->owed->attempt, version, migration->name, migration->owed->direction,
             migration->owed->digest.value_or(ledger::Digest{}), journal.target().name,
             facts.system_identifier, facts.database_oid, head->ledger, head->size, head->root, 0,
             0, journal.context().actor.id, 0});
    return markers;
}

Result<std::uint32_t> write_owed_markers(Journal& journal, TargetDatabase& database,
                                         const ServerFacts& facts,
                                         const projections::TargetState& state) {
    const auto markers = owed_markers(journal, facts, state);
    if (!markers) return fail(markers.error());
    if (markers->empty()) return 0;
    if (const auto made = database.prepare_markers(); !made) return fail(made.error());
    if (const auto written = database.write_markers(*markers); !written)
        return fail(written.error());
    const auto count = static_cast<std::uint32_t>(markers->size());
    const auto kept = journal.append({ledger::MarkersWritten{journal.target(), count}});
    if (!kept) return fail(kept.error());
    return count;
}

}  // namespace commands
