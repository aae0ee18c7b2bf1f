#include "ledger/accepted_loss.hpp"

#include "ledger/stream_records.hpp"

#include <variant>

namespace ledger {

Result<std::vector<AcceptedLoss>> accepted_losses(const Reader& reader) {
    std::vector<AcceptedLoss> losses;
    const auto read = for_each_record(
        reader, ledger_stream, [&losses](const Record& record) { add_loss(record, losses); });
    if (!read) return fail(read.error());
    return losses;
}

void add_loss(const Record& record, std::vector<AcceptedLoss>& losses) {
    const auto* const data = std::get_if<LedgerRestored>(&record.data);
    if (data != nullptr) losses.push_back({record.position, record.recorded_at_us, *data});
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
