#include "ledger/stream_records.hpp"

namespace ledger {

namespace {

constexpr std::size_t positions_at_once = 1'000;

}  // namespace

Result<void> for_each_record(const Reader& reader, std::string_view stream,
                             const std::function<void(const Record&)>& visit) {
    for (std::uint64_t after = 0;;) {
        const auto positions = reader.stream_positions(stream, after, positions_at_once);
        if (!positions) return fail(positions.error());
        for (const std::uint64_t position : *positions) {
            const auto records = read_records(reader, position, 1);
            if (!records) return fail(records.error());
            for (const Record& record : *records) visit(record);
        }
        if (positions->size() < positions_at_once) return {};
        after += positions->size();
    }
}

}  // namespace ledger
