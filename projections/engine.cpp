#include "projections/engine.hpp"

#include "projections/folding.hpp"
#include "projections/past.hpp"
#include "projections/row_key.hpp"
#include "projections/values.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <utility>

namespace projections {

namespace {

using ledger::Code;
using ledger::fail;

constexpr std::size_t different_keys_max = 10;

std::string progress_prefix(const Projection& projection) {
    return '@' + std::string(projection.name) + '/';
}

// With its past, and how far it was.
ledger::Result<void> erase(RowStore& rows, const std::string& prefix) {
    std::vector<RowChange> changes;
    for (const std::string& each : {prefix, '~' + prefix, '#' + prefix}) {
        const auto found = rows.scan(each);
        if (!found) return fail(found.error());
        for (const Row& row : *found) changes.push_back({row.key, std::nullopt});
    }
    changes.push_back({'@' + prefix, std::nullopt});
    return rows.write(std::move(changes));
}

// Once this version is level, nobody reads the others.
ledger::Result<void> erase_other_versions(RowStore& rows, const Projection& projection) {
    const auto found = rows.scan(progress_prefix(projection));
    if (!found) return fail(found.error());
    for (const Row& row : *found) {
        if (row.key == progress_key(projection)) continue;
        if (auto erased = erase(rows, row.key.substr(1)); !erased) return erased;
    }
    return {};
}

// Where a fold of all that is new begins.
struct Start {
    Progress from;
    std::optional<std::string> rebuilt_because;
};

ledger::Result<Start> from_nothing(const ledger::Head& head, RowStore& rows,
                                   const Projection& projection, std::string reason) {
    if (const auto erased = erase(rows, row_prefix(projection)); !erased)
        return fail(erased.error());
    return Start{nothing_of(head), std::move(reason)};
}

ledger::Result<Start> start_of(const ledger::Reader& reader, const ledger::Head& head,
                               RowStore& rows, const Projection& projection) {
    auto stored = progress(rows, projection);
    if (!stored && stored.error().code == Code::corrupt &&
        stored.error().reason == "row-unreadable")
        return from_nothing(head, rows, projection, "their position is unreadable");
    if (!stored) return fail(stored.error());
    if (!*stored)
        return from_nothing(head, rows, projection,
                            "there are none of version " + std::to_string(projection.version));
    auto reason = reason_to_rebuild(reader, head, **stored);
    if (!reason) return fail(reason.error());
    if (!reason->empty()) return from_nothing(head, rows, projection, std::move(*reason));
    return Start{std::move(**stored), std::nullopt};
}

using Starts = std::vector<Start>;

// Those that stand at one position go together: mostly that is all of them.
ledger::Result<std::vector<CaughtUp>> fold_all(const ledger::Reader& reader,
                                               const ledger::Head& head, RowStore& rows,
                                               Projections projections, Starts starts) {
    std::map<std::uint64_t, std::vector<std::size_t>> by_position;
    for (std::size_t index = 0; index < starts.size(); ++index)
        by_position[starts[index].from.position].push_back(index);
    std::vector<CaughtUp> all(starts.size());
    for (const auto& [position, members] : by_position) {
        Foldings foldings;
        for (const std::size_t index : members)
            foldings.emplace_back(rows, projections[index], std::move(starts[index].from));
        if (auto folded = fold_from(reader, head, foldings, head.size); !folded)
            return fail(folded.error());
        for (std::size_t member = 0; member < members.size(); ++member)
            all[members[member]] = {foldings[member].progress(), head.size - position,
                                    std::move(starts[members[member]].rebuilt_because)};
    }
    for (const Projection& projection : projections)
        if (const auto erased = erase_other_versions(rows, projection); !erased)
            return fail(erased.error());
    return all;
}

std::vector<std::string> different_keys(const std::vector<Row>& a, const std::vector<Row>& b,
                                        std::size_t prefix_size) {
    std::vector<Row> different;
    const auto less = [](const Row& x, const Row& y) {
        return x.key != y.key ? x.key < y.key : x.value < y.value;
    };
    std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(),
                                  std::back_inserter(different), less);
    std::vector<std::string> keys;
    for (const Row& row : different) {
        std::string key = row.key.substr(prefix_size);
        if (!keys.empty() && keys.back() == key) continue;
        if (keys.size() == different_keys_max) break;
        keys.push_back(std::move(key));
    }
    return keys;
}

}  // namespace

ledger::Result<std::optional<Progress>> progress(const RowStore& rows,
                                                 const Projection& projection) {
    return load<Progress>(rows, progress_key(projection));
}

ledger::Result<std::vector<CaughtUp>> catch_up(const ledger::Reader& reader, RowStore& rows,
                                               Projections projections) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    Starts starts;
    for (const Projection& projection : projections) {
        auto start = start_of(reader, *head, rows, projection);
        if (!start) return fail(start.error());
        starts.push_back(std::move(*start));
    }
    return fold_all(reader, *head, rows, projections, std::move(starts));
}

ledger::Result<std::vector<CaughtUp>> rebuild(const ledger::Reader& reader, RowStore& rows,
                                              Projections projections) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    Starts starts;
    for (const Projection& projection : projections) {
        auto start = from_nothing(*head, rows, projection, "it was asked for");
        if (!start) return fail(start.error());
        starts.push_back(std::move(*start));
    }
    return fold_all(reader, *head, rows, projections, std::move(starts));
}

ledger::Result<CaughtUp> catch_up(const ledger::Reader& reader, RowStore& rows,
                                  const Projection& projection) {
    auto all = catch_up(reader, rows, Projections{&projection, 1});
    if (!all) return fail(all.error());
    return std::move(all->front());
}

ledger::Result<CaughtUp> rebuild(const ledger::Reader& reader, RowStore& rows,
                                 const Projection& projection) {
    auto all = rebuild(reader, rows, Projections{&projection, 1});
    if (!all) return fail(all.error());
    return std::move(all->front());
}

namespace {

// Of the past: an image's key ends with its moment, and so does a moment's own.
ledger::Result<std::vector<std::uint64_t>> different_moments(const RowStore& stored,
                                                             const RowStore& rebuilt,
                                                             const Projection& projection) {
    std::vector<std::uint64_t> moments;
    for (const std::string& prefix : {image_prefix(projection), moments_prefix(projection)}) {
        const auto was = stored.scan(prefix);
        if (!was) return fail(was.error());
        const auto is = rebuilt.scan(prefix);
        if (!is) return fail(is.error());
        for (const std::string& key : different_keys(*was, *is, prefix.size()))
            moments.push_back(
                from_big_endian(key.substr(key.size() - std::min(key.size(), std::size_t{8}))));
    }
    std::sort(moments.begin(), moments.end());
    moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
    return moments;
}

}  // namespace

ledger::Result<CheckOutcome> check_against(const RowStore& rebuilt, const RowStore& rows,
                                           const Projection& projection) {
    CheckOutcome outcome;
    const auto stored = progress(rows, projection);
    const auto again = progress(rebuilt, projection);
    if (!stored) return fail(stored.error());
    if (!again) return fail(again.error());
    if (*stored) {
        outcome.position = (*stored)->position;
        outcome.stored_hash = (*stored)->state_hash;
    }
    if (*again) outcome.rebuilt_hash = (*again)->state_hash;
    const std::string prefix = row_prefix(projection);
    const auto stored_rows = rows.scan(prefix);
    const auto rebuilt_rows = rebuilt.scan(prefix);
    if (!stored_rows) return fail(stored_rows.error());
    if (!rebuilt_rows) return fail(rebuilt_rows.error());
    outcome.different_keys = different_keys(*stored_rows, *rebuilt_rows, prefix.size());
    auto moments = different_moments(rows, rebuilt, projection);
    if (!moments) return fail(moments.error());
    outcome.different_moments = std::move(*moments);
    return outcome;
}

ledger::Result<CheckOutcome> check(const ledger::Reader& reader, const RowStore& rows,
                                   const Projection& projection) {
    const auto stored = progress(rows, projection);
    if (!stored) return fail(stored.error());
    const auto again = fold_to(reader, projection, *stored ? (*stored)->position : 0);
    if (!again) return fail(again.error());
    return check_against(*again, rows, projection);
}

ledger::Result<MemoryRows> fold_to(const ledger::Reader& reader, const Projection& projection,
                                   std::uint64_t size) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    if (size > head->size)
        return fail(Code::refused, "position-beyond-end",
                    "the ledger has " + std::to_string(head->size) + " events, not " +
                        std::to_string(size));
    MemoryRows rows;
    Foldings foldings;
    foldings.emplace_back(rows, projection, nothing_of(*head));
    if (const auto folded = fold_from(reader, *head, foldings, size); !folded)
        return fail(folded.error());
    return rows;
}

ledger::Result<std::uint64_t> position_at(const ledger::Reader& reader, std::int64_t time_us) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    if (head->recorded_at_us <= time_us) return head->size;
    std::uint64_t low = 0;
    std::uint64_t high = head->size;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        const auto records = ledger::read_records(reader, middle, 1);
        if (!records) return fail(records.error());
        if (records->empty())
            return fail(damaged("there is no event at position " + std::to_string(middle)));
        if (records->front().recorded_at_us <= time_us) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

}  // namespace projections
