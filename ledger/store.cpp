#include "ledger/store.hpp"

#include "ledger/codec.hpp"

#include <algorithm>

namespace ledger {

Result<void> Reader::each_line(std::uint64_t position, std::uint64_t count_max,
                               const TakeLine& take) const {
    constexpr std::uint64_t lines_at_once = 512;
    while (count_max > 0) {
        const auto read = lines(position, std::min(count_max, lines_at_once));
        if (!read) return fail(read.error());
        if (read->empty()) break;
        for (const std::string& line : *read)
            if (auto taken = take(line); !taken) return taken;
        position += read->size();
        count_max -= read->size();
    }
    return {};
}

Result<std::vector<Record>> read_records(const Reader& reader, std::uint64_t position,
                                         std::size_t count_max) {
    const Result<std::vector<std::string>> lines = reader.lines(position, count_max);
    if (!lines) return fail(lines.error());
    std::vector<Record> records;
    records.reserve(lines->size());
    for (const std::string& line : *lines) {
        const std::uint64_t expected = position + records.size();
        Result<Record> record = decode(line);
        if (!record) {
            Error error = record.error();
            error.detail = "event " + std::to_string(expected) + ": " + error.detail;
            return fail(std::move(error));
        }
        if (record->position != expected)
            return fail(Code::corrupt, "ledger-damaged",
                        "at position " + std::to_string(expected) + " is event " +
                            std::to_string(record->position),
                        "run verify");
        records.push_back(std::move(*record));
    }
    return records;
}

Result<void> check_checkpoints(const std::vector<Record>& records) {
    for (const Record& record : records) {
        const auto* const checkpoint = std::get_if<CheckpointSigned>(&record.data);
        if (checkpoint != nullptr && checkpoint->size > record.position)
            return fail(Code::refused, "size-out-of-range",
                        "the ledger has " + std::to_string(record.position) + " events, not " +
                            std::to_string(checkpoint->size),
                        "sign checkpoints of what the ledger has reached");
    }
    return {};
}

}  // namespace ledger
