#include "projections/folding.hpp"

#include "ledger/decode_into.hpp"
#include "projections/past.hpp"
#include "projections/values.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace projections {

namespace {

using ledger::Code;
using ledger::fail;

constexpr std::uint64_t batch_events = 512;

// Into a record whose memory is used again.
ledger::Result<void> read_record(std::string_view line, const ledger::Uuid& ledger,
                                 std::uint64_t position, ledger::Record& record) {
    auto read = ledger::decode_into(line, record);
    if (!read || (record.position == position && record.ledger == ledger)) return read;
    return fail(damaged("the event read at position " + std::to_string(position) +
                        " says that it is another"));
}

// At multiples, so that batches are the same wherever a fold began.
std::uint64_t end_of_batch(const Foldings& foldings, std::uint64_t begin, std::uint64_t size) {
    std::uint64_t end = std::min(size, begin - begin % batch_events + batch_events);
    for (const Folding& folding : foldings)
        if (folding.projection().moment_events > 0)
            end = std::min(end, moment_before(folding.projection(), begin) +
                                    folding.projection().moment_events);
    return end;
}

// Line by line, and written at the end of each batch.
class Pass {
public:
    Pass(Foldings& foldings, ledger::Frontier frontier, std::uint64_t size)
        : foldings_(foldings), frontier_(std::move(frontier)), size_(size) {
        begin_batch();
    }

    ledger::Result<void> take(std::string_view line) {
        const ledger::Uuid& ledger = foldings_.front().progress().ledger;
        if (auto read = read_record(line, ledger, frontier_.size(), record_); !read) return read;
        for (Folding& folding : foldings_)
            if (auto applied = folding.apply(record_); !applied) return applied;
        frontier_.append(ledger::leaf_hash(line));
        return frontier_.size() == end_ ? write() : ledger::Result<void>{};
    }

    ledger::Result<void> write() {
        for (Folding& folding : foldings_)
            if (auto written = folding.write(frontier_); !written) return written;
        begin_batch();
        return {};
    }

private:
    void begin_batch() {
        end_ = end_of_batch(foldings_, frontier_.size(), size_);
        for (Folding& folding : foldings_) folding.begin_batch();
    }

    Foldings& foldings_;
    ledger::Frontier frontier_;
    std::uint64_t size_;
    std::uint64_t end_{};
    ledger::Record record_;
};

// Where there is nothing to read, once: so that the rows are known to be level.
ledger::Result<void> fold_new(const ledger::Reader& reader, Foldings& foldings,
                              std::uint64_t size) {
    const Progress& at = foldings.front().progress();
    const std::uint64_t begin = at.position;
    auto frontier = ledger::Frontier::restore(begin, at.frontier);
    if (!frontier) return fail(frontier.error());
    Pass pass(foldings, std::move(*frontier), size);
    if (size == 0) return pass.write();
    const auto take = [&pass](std::string_view line) { return pass.take(line); };
    if (auto read = reader.each_line(begin, size - begin, take); !read) return read;
    if (at.position < size)
        return fail(damaged("the ledger ends before position " + std::to_string(size)));
    return {};
}

}  // namespace

ledger::Result<void> Folding::apply(const ledger::Record& record) {
    projection_.apply(batch_, record);
    if (batch_.error()) return fail(*batch_.error());
    return {};
}

ledger::Result<void> Folding::write(const ledger::Frontier& frontier) {
    StateHash hash(progress_.state_hash, progress_.row_count);
    std::vector<RowChange> changes = batch_.take_changes(hash);
    if (moment_before(projection_, progress_.position) > 0)
        if (auto kept = keep_images(rows_, projection_, progress_.position, batch_.take_replaced(),
                                    changes);
            !kept)
            return kept;
    if (batch_.error()) return fail(*batch_.error());
    Progress next{progress_.ledger, frontier.size(), frontier.hashes(), hash.digest(),
                  hash.row_count()};
    auto bytes = to_bytes(next);
    if (!bytes) return fail(bytes.error());
    if (is_moment(projection_, next.position))
        changes.push_back({moment_key(projection_, next.position), *bytes});
    changes.push_back({progress_key(projection_), std::move(*bytes)});
    if (auto written = rows_.write(std::move(changes)); !written) return written;
    progress_ = std::move(next);
    return {};
}

std::string progress_key(const Projection& projection) { return '@' + row_prefix(projection); }

Progress nothing_of(const ledger::Head& head) {
    Progress progress;
    progress.ledger = head.ledger;
    return progress;
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

ledger::Result<void> fold_from(const ledger::Reader& reader, const ledger::Head& head,
                               Foldings& foldings, std::uint64_t size) {
    if (size == 0 || foldings.front().progress().position < size)
        if (auto folded = fold_new(reader, foldings, size); !folded) return folded;
    const auto folded_root = root_of(foldings.front().progress());
    const auto root = root_of(reader, head, size);
    if (!folded_root) return fail(folded_root.error());
    if (!root) return fail(root.error());
    if (*folded_root != *root)
        return fail(damaged("the first " + std::to_string(size) +
                            " events do not have the root that the ledger states for them"));
    return {};
}

ledger::Error damaged(std::string detail) {
    return {Code::corrupt, "ledger-damaged", std::move(detail),
            "run `varve verify`, and restore the ledger from a copy that verifies"};
}

}  // namespace projections
