// adapters/rocksdb/index_rows.hpp: what ids, streams and times say of each position. Internal.
//
// Shape   read once, before the events; expect() then compares one event with what they say, and
//         finish() tells of rows that no event stands behind. Rows are as many as events, each
//         event has its own: so they agree both ways.
// Cost    48 bytes an event, and the name of each stream once.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/rows.hpp"
#include "ledger/event.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace adapters::rocksdb {

class IndexRows {
public:
    IndexRows(const Database& database, Findings& findings);

    // The first bytes of the event's leaf hash, as `ids` has them.
    [[nodiscard]] std::optional<std::uint64_t> leaf_prefix(std::uint64_t position) const;
    [[nodiscard]] std::optional<ledger::Uuid> id_at(std::uint64_t position) const;
    void expect(const ledger::Record& record);
    void finish(std::uint64_t event_count);

private:
    struct Slot {
        ledger::Uuid id;
        std::uint64_t leaf_prefix{};
        std::uint64_t stream_version{};
        std::uint32_t stream_number{};
        bool has_id{};
        bool has_stream{};
    };
    void read_ids(const Database& database);
    void place_id(const ledger::Uuid& id, const IdRow& row);
    void read_streams(const Database& database);
    void read_times(const Database& database);
    [[nodiscard]] Slot* slot(std::uint64_t position);

    Findings& findings_;
    std::vector<Slot> slots_;
    std::unordered_map<std::string, std::uint32_t> stream_numbers_;
    std::map<std::uint64_t, std::int64_t> times_;  // position -> recorded_at_us
};

}  // namespace adapters::rocksdb
