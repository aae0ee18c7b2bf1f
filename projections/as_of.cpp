#include "projections/as_of.hpp"

#include "projections/engine.hpp"
#include "projections/folding.hpp"
#include "projections/memory_rows.hpp"
#include "projections/overlay_rows.hpp"
#include "projections/past.hpp"
#include "projections/values.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace projections {

namespace {

using ledger::Code;
using ledger::fail;

class FromStart final : public AsOf {
public:
    explicit FromStart(MemoryRows rows, AsOfStart start)
        : rows_(std::move(rows)), start_(std::move(start)) {}
    [[nodiscard]] const RowStore& rows() const override { return rows_; }
    [[nodiscard]] const AsOfStart& start() const override { return start_; }

private:
    MemoryRows rows_;
    AsOfStart start_;
};

// What is folded on top of rows that were stored, or of what they were at a moment.
class FromStored final : public AsOf {
public:
    FromStored(const RowStore& stored, const Projection& projection, const Progress& begin)
        : past_(stored, projection, begin.position),
          overlay_(is_moment(projection, begin.position) ? static_cast<const RowStore&>(past_)
                                                         : stored),
          start_{begin.position, {}} {}
    [[nodiscard]] RowStore& overlay() { return overlay_; }
    [[nodiscard]] const RowStore& rows() const override { return overlay_; }
    [[nodiscard]] const AsOfStart& start() const override { return start_; }

private:
    PastRows past_;
    OverlayRows overlay_;
    AsOfStart start_;
};

Projection without_past(Projection projection) {
    projection.moment_events = 0;
    return projection;
}

struct Begin {
    std::optional<Progress> from;  // nothing where no row that is stored helps
    std::string why_not;           // where one should have
    std::uint64_t stored_row_count{};
};

// Of rows at a position before where they are now.
ledger::Result<void> begin_with_moment(const ledger::Reader& reader, const ledger::Head& head,
                                       const RowStore& stored, const Projection& projection,
                                       std::uint64_t moment, Begin& begin) {
    auto kept = load<Progress>(stored, moment_key(projection, moment));
    if (!kept) return fail(kept.error());
    if (!*kept || (*kept)->position != moment) {
        begin.why_not = "what they were at position " + std::to_string(moment) + " is not kept";
        return {};
    }
    auto reason = reason_to_rebuild(reader, head, **kept);
    if (!reason) return fail(reason.error());
    begin.why_not = std::move(*reason);
    if (begin.why_not.empty()) begin.from = std::move(**kept);
    return {};
}

ledger::Result<Begin> begin_of(const ledger::Reader& reader, const ledger::Head& head,
                               const RowStore& stored, const Projection& projection,
                               std::uint64_t size) {
    Begin begin;
    auto live = progress(stored, projection);
    if (!live) return fail(live.error());
    if (!*live) {
        begin.why_not = "no rows are stored";
        return begin;
    }
    auto reason = reason_to_rebuild(reader, head, **live);
    if (!reason) return fail(reason.error());
    begin.why_not = std::move(*reason);
    begin.stored_row_count = (*live)->row_count;
    const std::uint64_t moment = moment_before(projection, size);
    if (!begin.why_not.empty()) return begin;
    if ((*live)->position <= size) {
        begin.from = std::move(**live);
    } else if (moment > 0) {
        const auto begun = begin_with_moment(reader, head, stored, projection, moment, begin);
        if (!begun) return fail(begun.error());
    }
    return begin;
}

ledger::Result<bool> have_stated_hash(const RowStore& rows, const Projection& projection,
                                      const Begin& begin) {
    const Progress& stated = *begin.from;
    if (std::max(stated.row_count, begin.stored_row_count) > hashed_rows_max) return true;
    const std::string prefix = row_prefix(projection);
    const auto all = rows.scan(prefix);
    if (!all) return fail(all.error());
    StateHash hash;
    for (const Row& row : *all)
        hash.add(std::string_view(row.key).substr(prefix.size()), row.value);
    return hash == StateHash(stated.state_hash, stated.row_count);
}

ledger::Result<std::unique_ptr<AsOf>> from_start(const ledger::Reader& reader,
                                                 const Projection& projection, std::uint64_t size,
                                                 std::string why) {
    auto rows = fold_to(reader, without_past(projection), size);
    if (!rows) return fail(rows.error());
    return std::make_unique<FromStart>(std::move(*rows), AsOfStart{0, std::move(why)});
}

}  // namespace

ledger::Result<std::unique_ptr<AsOf>> rows_as_of(const ledger::Reader& reader,
                                                 const RowStore& stored,
                                                 const Projection& projection, std::uint64_t size) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    if (size > head->size) return from_start(reader, projection, size, {});  // which refuses it
    const auto begin = begin_of(reader, *head, stored, projection, size);
    if (!begin) return fail(begin.error());
    if (!begin->from) return from_start(reader, projection, size, begin->why_not);
    auto rows = std::make_unique<FromStored>(stored, projection, *begin->from);
    const auto agree = have_stated_hash(rows->rows(), projection, *begin);
    if (!agree) return fail(agree.error());
    if (!*agree)
        return from_start(reader, projection, size,
                          "the rows at position " + std::to_string(begin->from->position) +
                              " do not have the hash that is stated for them");
    const Projection plain = without_past(projection);
    Foldings foldings;
    foldings.emplace_back(rows->overlay(), plain, *begin->from);
    if (auto folded = fold_from(reader, *head, foldings, size); !folded)
        return fail(folded.error());
    return rows;
}

ledger::Result<std::unique_ptr<AsOf>> rows_from_start(const ledger::Reader& reader,
                                                      const Projection& projection,
                                                      std::uint64_t size) {
    return from_start(reader, projection, size, "a stored row is unreadable");
}

bool is_of_rows(const ledger::Error& error) {
    return error.reason == "row-unreadable" || error.reason == "rows-damaged" ||
           error.reason == "rows-unavailable";
}

}  // namespace projections
