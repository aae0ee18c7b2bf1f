// projections/as_of.hpp: the rows as they were after the first so many events, without folding all
// of these again where the stored rows or what is kept of their past can be gone on from.
//
// Trust    what is stored is begun with only where it is of this ledger, the tree over what was
//          folded into it has the ledger's own root, and its rows have the hash that is stated.
//          Where more than `hashed_rows_max` are stored, each is read when it is asked for and
//          the hash is left to `check`. Otherwise, and where a row turns out to be unreadable, all
//          is folded from the first event: slower, the same.
// Cost     less than `moment_events` events folded, and the rows that are asked for.
// Errors   as fold_to, and those of the view.
#pragma once

#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "projections/projection.hpp"
#include "projections/row_store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace projections {

inline constexpr std::uint64_t hashed_rows_max = 4096;

// What a fold began with.
struct AsOfStart {
    std::uint64_t position{};  // events that were not folded again
    std::string why_not;       // for people: why nothing stored could be begun with; empty: it was
};

class AsOf {
public:
    virtual ~AsOf() = default;
    [[nodiscard]] virtual const RowStore& rows() const = 0;
    [[nodiscard]] virtual const AsOfStart& start() const = 0;
};

// `stored` outlives what is answered, and does not change meanwhile.
[[nodiscard]] ledger::Result<std::unique_ptr<AsOf>> rows_as_of(const ledger::Reader& reader,
                                                               const RowStore& stored,
                                                               const Projection& projection,
                                                               std::uint64_t size);
[[nodiscard]] ledger::Result<std::unique_ptr<AsOf>> rows_from_start(const ledger::Reader& reader,
                                                                    const Projection& projection,
                                                                    std::uint64_t size);
// Whether that can be of stored rows, and of no event.
[[nodiscard]] bool is_of_rows(const ledger::Error& error);

// What `view` answers of them: a function of a RowStore that answers a Result.
template <class View>
[[nodiscard]] auto as_of(const ledger::Reader& reader, const RowStore& stored,
                         const Projection& projection, std::uint64_t size, const View& view,
                         AsOfStart* start = nullptr) -> decltype(view(stored)) {
    const auto rows = rows_as_of(reader, stored, projection, size);
    if (rows) {
        if (start != nullptr) *start = (*rows)->start();
        auto answer = view((*rows)->rows());
        if (answer || !is_of_rows(answer.error())) return answer;
    } else if (!is_of_rows(rows.error())) {
        return ledger::fail(rows.error());
    }
    const auto again = rows_from_start(reader, projection, size);  // slower, and never wrong
    if (!again) return ledger::fail(again.error());
    if (start != nullptr) *start = (*again)->start();
    return view((*again)->rows());
}

}  // namespace projections
