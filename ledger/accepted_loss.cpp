#include "ledger/accepted_loss.hpp"

#include <limits>
#include <utility>
#include <variant>

namespace ledger {

Result<std::vector<AcceptedLoss>> accepted_losses(const Reader& reader) {
    std::vector<AcceptedLoss> losses;
    const auto positions =
        reader.stream_positions(ledger_stream, 0, std::numeric_limits<std::size_t>::max());
    if (!positions) return fail(positions.error());
    for (const std::uint64_t position : *positions) {
        auto records = read_records(reader, position, 1);
        if (!records) return fail(records.error());
        if (records->empty()) continue;
        Record& record = records->front();
        if (auto* const data = std::get_if<LedgerRestored>(&record.data))
            if (data->lost_to > data->size)
                losses.push_back({position, record.recorded_at_us, std::move(*data)});
    }
    return losses;
}

const AcceptedLoss* loss_of(std::uint64_t size, const std::optional<std::int64_t>& seen_at_us,
                            const std::vector<AcceptedLoss>& losses) {
    for (const AcceptedLoss& loss : losses)
        if (loss.data.size < size && size <= loss.data.lost_to &&
            (!seen_at_us || *seen_at_us <= loss.recorded_at_us))
            return &loss;
    return nullptr;
}

}  // namespace ledger
