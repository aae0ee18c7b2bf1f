#include "ledger/store.hpp"

#include "ledger/codec.hpp"

namespace ledger {

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

}  // namespace ledger
