#include "projections/engine.hpp"

#include "ledger/codec.hpp"
#include "ledger/tree.hpp"
#include "projections/values.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <utility>

namespace projections {

namespace {

using ledger::Code;
using ledger::fail;

constexpr std::size_t batch_events = 4096;
constexpr std::size_t different_keys_max = 10;

std::string progress_prefix(const Projection& projection) {
    return '@' + std::string(projection.name) + '/';
}

std::string progress_key(const Projection& projection) { return '@' + row_prefix(projection); }

tl::unexpected<ledger::Error> damaged(std::string detail) {
    return fail(Code::corrupt, "ledger-damaged", std::move(detail),
                "run `varve verify`, and restore the ledger from a copy that verifies");
}

// A projection's rows on their way from one position to another.
class Folding {
public:
    Folding(RowStore& rows, const Projection& projection, Progress progress)
        : rows_(rows), projection_(projection), progress_(std::move(progress)) {}

    [[nodiscard]] const Progress& progress() const { return progress_; }
    void begin_batch() { batch_.emplace(rows_, row_prefix(projection_)); }
    ledger::Result<void> apply(const ledger::Record& record) {
        projection_.apply(*batch_, record);
        if (batch_->error()) return fail(*batch_->error());
        return {};
    }
    // The batch, with the position that it leads to.
    ledger::Result<void> write(const ledger::Frontier& frontier) {
        StateHash hash(progress_.state_hash);
        std::vector<RowChange> changes = batch_->changes(hash);
        if (batch_->error()) return fail(*batch_->error());
        Progress next{progress_.ledger, frontier.size(), frontier.hashes(), hash.digest()};
        auto bytes = to_bytes(next);
        if (!bytes) return fail(bytes.error());
        changes.push_back({progress_key(projection_), std::move(*bytes)});
        if (auto written = rows_.write(changes); !written) return written;
        progress_ = std::move(next);
        return {};
    }

private:
    RowStore& rows_;
    const Projection& projection_;
    Progress progress_;
    std::optional<Rows> batch_;
};

using Foldings = std::deque<Folding>;

ledger::Result<ledger::Record> record_of(const std::string& line, const ledger::Uuid& ledger,
                                         std::uint64_t position) {
    auto record = ledger::decode(line);
    if (!record || (record->position == position && record->ledger == ledger)) return record;
    return damaged("the event read at position " + std::to_string(position) +
                   " says that it is another");
}

// Each event is read, hashed and decoded once for all of them.
ledger::Result<void> fold_batch(const ledger::Reader& reader, Foldings& foldings,
                                std::uint64_t size) {
    const Progress& at = foldings.front().progress();
    const std::uint64_t left = size - at.position;
    const auto lines = reader.lines(at.position, std::min<std::size_t>(left, batch_events));
    if (!lines) return fail(lines.error());
    if (lines->empty() && left > 0)
        return damaged("the ledger ends before position " + std::to_string(size));
    auto frontier = ledger::Frontier::restore(at.position, at.frontier);
    if (!frontier) return fail(frontier.error());
    for (Folding& folding : foldings) folding.begin_batch();
    for (const std::string& line : *lines) {
        const auto record = record_of(line, at.ledger, frontier->size());
        if (!record) return fail(record.error());
        for (Folding& folding : foldings)
            if (auto applied = folding.apply(*record); !applied) return applied;
        frontier->append(ledger::leaf_hash(line));
    }
    for (Folding& folding : foldings)
        if (auto written = folding.write(*frontier); !written) return written;
    return {};
}

ledger::Result<ledger::Digest> root_of(const Progress& progress) {
    const auto frontier = ledger::Frontier::restore(progress.position, progress.frontier);
    if (!frontier) return fail(frontier.error());
    return frontier->root();
}

ledger::Result<ledger::Digest> root_of(const ledger::Reader& reader, const ledger::Head& head,
                                       std::uint64_t size) {
    if (size == head.size) return head.root;
    return reader.root_at(size);
}

ledger::Result<void> erase(RowStore& rows, const std::string& prefix) {
    const auto found = rows.scan(prefix);
    if (!found) return fail(found.error());
    std::vector<RowChange> changes;
    for (const Row& row : *found) changes.push_back({row.key, std::nullopt});
    changes.push_back({'@' + prefix, std::nullopt});
    return rows.write(changes);
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

// Why the stored rows cannot be gone on from; empty where they can.
ledger::Result<std::string> reason_to_rebuild(const ledger::Reader& reader,
                                              const ledger::Head& head, const Progress& stored) {
    if (stored.ledger != head.ledger) return std::string("they are of another ledger");
    if (stored.position > head.size)
        return "they are at position " + std::to_string(stored.position) +
               ", and the ledger ends at " + std::to_string(head.size);
    const auto folded = root_of(stored);
    if (!folded) return std::string("their position is unreadable");
    const auto now = root_of(reader, head, stored.position);
    if (!now) return fail(now.error());
    if (*folded != *now)
        return "the ledger has another history up to position " + std::to_string(stored.position);
    return std::string();
}

// All of them stand at one position. Of an empty ledger they are written too, so that the rows are
// known to be level with it.
ledger::Result<void> fold_from(const ledger::Reader& reader, const ledger::Head& head,
                               Foldings& foldings, std::uint64_t size) {
    do {
        const std::uint64_t before = foldings.front().progress().position;
        if (before == size && size > 0) break;
        if (auto folded = fold_batch(reader, foldings, size); !folded) return folded;
    } while (foldings.front().progress().position < size);
    const auto folded_root = root_of(foldings.front().progress());
    const auto root = root_of(reader, head, size);
    if (!folded_root) return fail(folded_root.error());
    if (!root) return fail(root.error());
    if (*folded_root != *root)
        return damaged("the first " + std::to_string(size) +
                       " events do not have the root that the ledger states for them");
    return {};
}

Progress nothing_of(const ledger::Head& head) {
    Progress progress;
    progress.ledger = head.ledger;
    return progress;
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

ledger::Result<CheckOutcome> check(const ledger::Reader& reader, const RowStore& rows,
                                   const Projection& projection) {
    const auto stored = progress(rows, projection);
    if (!stored) return fail(stored.error());
    CheckOutcome outcome;
    if (*stored) {
        outcome.position = (*stored)->position;
        outcome.stored_hash = (*stored)->state_hash;
    }
    const auto again = fold_to(reader, projection, outcome.position);
    if (!again) return fail(again.error());
    const auto rebuilt = progress(*again, projection);
    if (!rebuilt) return fail(rebuilt.error());
    if (*rebuilt) outcome.rebuilt_hash = (*rebuilt)->state_hash;
    const std::string prefix = row_prefix(projection);
    const auto stored_rows = rows.scan(prefix);
    const auto rebuilt_rows = again->scan(prefix);
    if (!stored_rows) return fail(stored_rows.error());
    if (!rebuilt_rows) return fail(rebuilt_rows.error());
    outcome.different_keys = different_keys(*stored_rows, *rebuilt_rows, prefix.size());
    return outcome;
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
            return damaged("there is no event at position " + std::to_string(middle));
        if (records->front().recorded_at_us <= time_us) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

}  // namespace projections
