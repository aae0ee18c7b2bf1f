// projections/past.hpp: what the rows of a projection were at earlier moments, kept beside them.
//
// Shape   a moment is every `moment_events`th position. What a row was at a moment is kept, as its
//         image, where it is another at the next moment, or now; a row without an image from a
//         moment on was then what it is now. So all moments together take the room of what changed
//         between them, and none is ever thinned out. Beside the images stands, for each moment,
//         how far the rows were: position, tree, number and hash.
// Same    images depend on the events alone, not on how many were folded at a time.
// Keys    "~<name>/<version>/" ‖ the row's key ‖ moment in 8 bytes, and "#<name>/<version>/" ‖
//         moment in 8 bytes. An image is "=" and the row's value, or "-": there was none.
// Errors  corrupt "row-unreadable" for an image that is neither.
#pragma once

#include "ledger/result.hpp"
#include "projections/progress.hpp"
#include "projections/projection.hpp"
#include "projections/row_store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace projections {

[[nodiscard]] std::string image_prefix(const Projection& projection);
[[nodiscard]] std::string moments_prefix(const Projection& projection);
[[nodiscard]] std::string moment_key(const Projection& projection, std::uint64_t moment);

// The newest at or before that position. At 0 there is nothing to keep.
[[nodiscard]] std::uint64_t moment_before(const Projection& projection, std::uint64_t position);
[[nodiscard]] bool is_moment(const Projection& projection, std::uint64_t position);

// Adds to `changes`, made from `position` on and not beyond the next moment, the images that they
// call for; `before` are the values that they replace, in the same order.
ledger::Result<void> keep_images(const RowStore& rows, const Projection& projection,
                                 std::uint64_t position,
                                 const std::vector<std::optional<std::string>>& before,
                                 std::vector<RowChange>& changes);

// The projection's rows as they were at a moment that `rows` has gone beyond. Of other rows it
// knows nothing, and nothing can be written.
class PastRows final : public RowStore {
public:
    // `rows` outlives this, and does not change meanwhile.
    PastRows(const RowStore& rows, const Projection& projection, std::uint64_t moment);
    PastRows(const PastRows&) = delete;
    PastRows& operator=(const PastRows&) = delete;

    [[nodiscard]] ledger::Result<std::optional<std::string>> get(
        std::string_view key) const override;
    [[nodiscard]] ledger::Result<std::vector<Row>> scan(std::string_view prefix) const override;
    ledger::Result<void> write(std::vector<RowChange> changes) override;

private:
    const RowStore& rows_;
    std::string row_prefix_;
    std::string image_prefix_;
    std::uint64_t moment_;
};

}  // namespace projections
