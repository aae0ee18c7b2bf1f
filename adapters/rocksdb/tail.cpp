#include "adapters/rocksdb/tail.hpp"

#include "adapters/rocksdb/history.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

tl::unexpected<ledger::Error> behind(std::string detail) {
    return fail(Code::corrupt, "ledger-behind-anchor", std::move(detail),
                "acknowledged history is missing: do not write to it. Where a backup or a follower "
                "has those positions, `varve ledger restore COPY --replace` puts them back; "
                "docs/runbook.md says the rest");
}

Result<ledger::Uuid> load_identity(const Database& database) {
    const auto format = database.get(Family::meta, format_key);
    if (!format) return fail(format.error());
    if (*format != std::optional<std::string>{format_value})
        return ledger_damaged("its format is not one that this program knows");
    const auto bytes = database.get(Family::meta, ledger_key);
    if (!bytes) return fail(bytes.error());
    ledger::Uuid uuid;
    if (!*bytes || (*bytes)->size() != uuid.bytes.size())
        return ledger_damaged("its identity is gone");
    std::copy((*bytes)->begin(), (*bytes)->end(), reinterpret_cast<char*>(uuid.bytes.data()));
    return uuid;
}

// From the last row of `commits`: frontier and time.
Result<void> load_commit(const Database& database, Tail& tail) {
    const auto last = database.last(Family::commits);
    if (!last) return fail(last.error());
    if (!*last) return {};
    const auto size = number_of((*last)->key);
    const auto row = commit_row_of((*last)->value);
    if (!size || !row) return ledger_damaged("its last commit is unreadable");
    auto frontier = ledger::Frontier::restore(*size, row->frontier);
    if (!frontier || frontier->root() != row->root)
        return ledger_damaged("its last commit, of " + std::to_string(*size) +
                              " events, contradicts itself");
    tail.frontier = std::move(*frontier);
    tail.recorded_at_us = row->recorded_at_us;
    tail.clock_us = row->recorded_at_us;
    return {};
}

Result<void> load_leaves(const Database& database, Tail& tail) {
    const std::uint64_t size = tail.frontier.size();
    const std::uint64_t begin = size - size % tile_width;
    const auto rows = database.rows(Family::events, number_bytes(begin), {}, tile_width + 1);
    if (!rows) return fail(rows.error());
    ledger::Frontier edge;
    for (const auto& [key, line] : *rows) {
        if (number_of(key) != begin + tail.leaves.size())
            return ledger_damaged("event " + std::to_string(begin + tail.leaves.size()) +
                                  " is missing");
        tail.leaves.push_back(ledger::leaf_hash(line));
        edge.append(tail.leaves.back());
    }
    const auto& whole = tail.frontier.hashes();
    const auto& part = edge.hashes();
    if (edge.size() != size - begin || part.size() > whole.size() ||
        !std::equal(part.rbegin(), part.rend(), whole.rbegin()))
        return ledger_damaged("the events from " + std::to_string(begin) +
                              " on are not those of the last commit");
    return {};
}

// A copy that was made line by line has commit rows of its own: an anchor of the ledger it was made
// of may lie between two of them. Nothing: the row there is unreadable.
Result<std::optional<ledger::Digest>> root_of_size(const Database& database, const Tail& tail,
                                                   std::uint64_t size) {
    const auto bytes = database.get(Family::commits, number_bytes(size));
    if (!bytes) return fail(bytes.error());
    if (!*bytes) return root_at(database, tail.frontier.size(), size);
    const auto row = commit_row_of(**bytes);
    return row ? std::optional{row->root} : std::nullopt;
}

}  // namespace

ledger::Head head_of(const Tail& tail) {
    return {tail.ledger, tail.frontier.size(), tail.frontier.root(), tail.recorded_at_us};
}

Result<Tail> load_tail(const Database& database) {
    Tail tail;
    auto identity = load_identity(database);
    if (!identity) return fail(identity.error());
    tail.ledger = *identity;
    if (auto done = load_commit(database, tail); !done) return fail(done.error());
    if (auto done = load_leaves(database, tail); !done) return fail(done.error());
    return tail;
}

Result<void> expect_anchored(const Database& database, const Tail& tail, const Anchor& anchor) {
    const std::uint64_t size = tail.frontier.size();
    if (anchor.ledger != tail.ledger) return behind("its anchor is that of another ledger");
    if (size < anchor.size)
        return behind("it ends after " + std::to_string(size) + " events, its anchor has seen " +
                      std::to_string(anchor.size) + ": positions " + std::to_string(size) + " to " +
                      std::to_string(anchor.size - 1) + " are missing");
    if (anchor.size == 0) return {};
    const auto root = root_of_size(database, tail, anchor.size);
    if (!root) return fail(root.error());
    if (*root != anchor.root)
        return behind("the root over its first " + std::to_string(anchor.size) +
                      " events is not the one its anchor has seen: it is another history");
    return {};
}

}  // namespace adapters::rocksdb
