#include "ledger/stream_records.hpp"

namespace ledger {

namespace {

constexpr std::size_t positions_at_once = 1'000;

Error not_next(std::uint64_t position, std::string_view stream, std::uint64_t version) {
    return {Code::corrupt, "ledger-damaged",
            "event " + std::to_string(position) + " is not the one that comes as number " +
                std::to_string(version) + " in the stream " + std::string{stream},
            "run `varve verify`, and restore the ledger from a copy that verifies"};
}

}  // namespace

Result<void> for_each_record(const Reader& reader, std::string_view stream,
                             const std::function<void(const Record&)>& visit) {
    std::uint64_t version = 0;
    for (std::uint64_t after = 0;;) {
        const auto positions = reader.stream_positions(stream, after, positions_at_once);
        if (!positions) return fail(positions.error());
        for (const std::uint64_t position : *positions) {
            const auto records = read_records(reader, position, 1);
            if (!records) return fail(records.error());
            for (const Record& record : *records) {
                ++version;
                if (record.stream != stream || record.stream_version != version)
                    return fail(not_next(position, stream, version));
                visit(record);
            }
        }
        if (positions->size() < positions_at_once) return {};
        after += positions->size();
    }
}

}  // namespace ledger
