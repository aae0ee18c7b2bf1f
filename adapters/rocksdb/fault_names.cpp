#include "adapters/rocksdb/fault_names.hpp"

#include "ledger/codec.hpp"

#include <optional>
#include <string>

namespace adapters::rocksdb {

namespace {

// The id of the event that stands at a position, where one does that can be read.
std::optional<ledger::Uuid> id_found(const Database& database, std::uint64_t position) {
    const auto line = database.get(Family::events, number_bytes(position));
    const auto record = line && *line ? ledger::decode(**line)
                                      : ledger::Result<ledger::Record>{ledger::fail(
                                            ledger::Code::corrupt, "event-unreadable")};
    return record ? std::optional{record->id} : std::nullopt;
}

std::optional<std::uint64_t> position_of(const Database& database, const ledger::Uuid& id) {
    const auto bytes = database.get(Family::ids, bytes_of(id));
    const auto row = bytes && *bytes ? id_row_of(**bytes) : std::nullopt;
    return row ? std::optional{row->position} : std::nullopt;
}

}  // namespace

void name_exactly(const Database& database, const IndexRows& indexes, Findings& findings) {
    for (const std::uint64_t position : findings.changed_events()) {
        const auto committed = indexes.id_at(position);
        const auto found = id_found(database, position);
        if (!found || !committed || *found == *committed) continue;
        const auto home = position_of(database, *found);
        if (home && *home != position && findings.is_event_bad(*home))
            findings.rename(position, "event-reordered",
                            "the event of position " + std::to_string(*home) + " stands here");
        else if (home && *home != position)
            findings.rename(
                position, "event-replaced",
                "a copy of the event of position " + std::to_string(*home) + " stands here");
        else
            findings.rename(position, "event-replaced",
                            "an event that was never committed stands here: " + to_text(*found));
    }
}

}  // namespace adapters::rocksdb
