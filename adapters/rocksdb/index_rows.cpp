#include "adapters/rocksdb/index_rows.hpp"

#include <rocksdb/iterator.h>

#include <algorithm>
#include <string>
#include <utility>

namespace adapters::rocksdb {

namespace {

constexpr std::uint64_t slack = 1024;  // positions beyond the rows there are, where some are lost

}  // namespace

IndexRows::IndexRows(const Database& database, Findings& findings) : findings_(findings) {
    read_ids(database);
    read_streams(database);
    read_times(database);
}

IndexRows::Slot* IndexRows::slot(std::uint64_t position) {
    return position < slots_.size() ? &slots_[position] : nullptr;
}

// Ids carry their time, so their order is nearly that of the events: the slots grow along. Rows
// that are far ahead wait until it is known how many there are.
void IndexRows::read_ids(const Database& database) {
    std::uint64_t count = 0;
    std::vector<std::pair<ledger::Uuid, IdRow>> far_ahead;
    const auto rows = database.scan(Family::ids);
    for (; rows->Valid(); rows->Next()) {
        ++count;
        const auto row = id_row_of(rows->value().ToStringView());
        if (!row || rows->key().size() != 16) {
            findings_.add({}, index_wrong, "a row of `ids` points to no event of its own");
            continue;
        }
        ledger::Uuid id;
        std::copy_n(rows->key().data(), 16, reinterpret_cast<char*>(id.bytes.data()));
        if (row->position >= slots_.size() && row->position < 2 * count + slack)
            slots_.resize(2 * count + slack);
        if (row->position < slots_.size())
            place_id(id, *row);
        else
            far_ahead.emplace_back(id, *row);
    }
    slots_.resize(std::max<std::size_t>(slots_.size(), count + slack));
    for (const auto& [id, row] : far_ahead) place_id(id, row);
    if (!rows->status().ok()) findings_.add({}, store_damaged, rows->status().ToString());
}

void IndexRows::place_id(const ledger::Uuid& id, const IdRow& row) {
    Slot* const place = slot(row.position);
    if (place == nullptr || place->has_id)
        return findings_.add({}, index_wrong, "a row of `ids` points to no event of its own");
    place->has_id = true;
    place->leaf_prefix = row.leaf_prefix;
    place->id = id;
}

// Also: versions 1, 2, 3, ... of each stream, at rising positions.
void IndexRows::read_streams(const Database& database) {
    std::string last_stream;
    std::uint32_t number = 0;
    std::uint64_t last_version = 0;
    std::uint64_t last_position = 0;
    const auto rows = database.scan(Family::streams);
    for (; rows->Valid(); rows->Next()) {
        const std::string_view key = rows->key().ToStringView();
        const auto position = number_of(rows->value().ToStringView());
        const auto version = key.size() < 9 ? std::nullopt : number_of(key.substr(key.size() - 8));
        Slot* const place = position && version ? slot(*position) : nullptr;
        if (place == nullptr || place->has_stream || key[key.size() - 9] != '\0') {
            findings_.add({}, index_wrong, "a row of `streams` points to no event of its own");
            continue;
        }
        const std::string_view stream = key.substr(0, key.size() - 9);
        const bool goes_on = number > 0 && stream == last_stream;
        const bool is_next =
            goes_on ? *version == last_version + 1 && *position > last_position : *version == 1;
        if (!goes_on) {
            last_stream = stream;
            number = static_cast<std::uint32_t>(stream_numbers_.size() + 1);
            stream_numbers_.emplace(last_stream, number);
        }
        if (!is_next)
            findings_.add(*position, index_wrong,
                          "`streams` has no unbroken run of versions up to this event");
        last_version = *version;
        last_position = *position;
        place->has_stream = true;
        place->stream_version = *version;
        place->stream_number = number;
    }
    if (!rows->status().ok()) findings_.add({}, store_damaged, rows->status().ToString());
}

void IndexRows::read_times(const Database& database) {
    const auto rows = database.scan(Family::times);
    for (; rows->Valid(); rows->Next()) {
        const auto time = number_of(rows->key().ToStringView());
        const auto position = number_of(rows->value().ToStringView());
        if (time && position && *position % tile_width == 0 &&
            times_.emplace(*position, static_cast<std::int64_t>(*time)).second)
            continue;
        findings_.add({}, index_wrong, "a row of `times` points to no event of its own");
    }
    if (!rows->status().ok()) findings_.add({}, store_damaged, rows->status().ToString());
}

std::optional<std::uint64_t> IndexRows::leaf_prefix(std::uint64_t position) const {
    if (position >= slots_.size() || !slots_[position].has_id) return std::nullopt;
    return slots_[position].leaf_prefix;
}

std::optional<ledger::Uuid> IndexRows::id_at(std::uint64_t position) const {
    if (position >= slots_.size() || !slots_[position].has_id) return std::nullopt;
    return slots_[position].id;
}

void IndexRows::expect(const ledger::Record& record) {
    Slot* const place = slot(record.position);
    if (place == nullptr || !place->has_id || place->id != record.id)
        findings_.add(record.position, index_wrong, "`ids` does not lead to this event");
    const auto stream = stream_numbers_.find(record.stream);
    if (place == nullptr || !place->has_stream || stream == stream_numbers_.end() ||
        place->stream_number != stream->second || place->stream_version != record.stream_version)
        findings_.add(record.position, index_wrong, "`streams` does not lead to this event");
    if (record.position % tile_width != 0) return;
    const auto time = times_.find(record.position);
    if (time == times_.end() || time->second != record.recorded_at_us)
        findings_.add(record.position, index_wrong, "`times` does not lead to this event");
    if (time != times_.end()) times_.erase(time);
}

void IndexRows::finish(std::uint64_t event_count) {
    for (std::uint64_t position = event_count; position < slots_.size(); ++position)
        if (slots_[position].has_id || slots_[position].has_stream)
            findings_.add(position, index_wrong,
                          "an index leads to this event, which is not there");
    for (const auto& [position, time] : times_)
        if (position >= event_count || !findings_.is_event_bad(position))
            findings_.add({}, index_wrong,
                          "a row of `times` leads to position " + std::to_string(position));
}

}  // namespace adapters::rocksdb
