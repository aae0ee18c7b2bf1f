#include "projections/redactions.hpp"

#include "projections/projection.hpp"
#include "projections/row_key.hpp"
#include "projections/status.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace projections {

namespace {

constexpr std::string_view redacted_word = "redacted";

}  // namespace

void fold_redactions(Rows& rows, const ledger::Record& record) {
    if (std::holds_alternative<ledger::ContentRedacted>(record.data))
        rows.put(row_key({redacted_word}) + big_endian(record.position), {});
}

ledger::Result<std::vector<std::uint64_t>> read_redactions(const RowStore& rows) {
    const std::string prefix = row_prefix(status_projection()) + row_key({redacted_word});
    const auto found = rows.scan(prefix);
    if (!found) return ledger::fail(found.error());
    std::vector<std::uint64_t> positions;
    for (const Row& row : *found)
        positions.push_back(from_big_endian(std::string_view(row.key).substr(prefix.size())));
    return positions;
}

}  // namespace projections
