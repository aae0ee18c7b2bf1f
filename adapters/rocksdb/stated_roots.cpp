#include "adapters/rocksdb/stated_roots.hpp"

#include "adapters/rocksdb/history.hpp"
#include "ledger/codec.hpp"
#include "ledger/tree.hpp"

#include <rocksdb/iterator.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace adapters::rocksdb {

using ledger::Digest;
using ledger::fail;
using ledger::Result;

namespace {

constexpr const char* another = "root-differs";
constexpr std::size_t shown_digits = 16;

std::string beginning_of(const Digest& digest) {
    return ledger::hex(digest).substr(0, shown_digits) + "...";
}

std::string events_of(std::uint64_t size) {
    return std::to_string(size) + (size == 1 ? " event" : " events");
}

std::optional<StatedRoot> stated_root_of(const ledger::Record& record) {
    const auto of = [&](std::uint64_t size, const Digest& root) {
        return std::optional{StatedRoot{record.position, ledger::type_of(record.data), size, root}};
    };
    if (const auto* const it = std::get_if<ledger::LogReviewed>(&record.data))
        return of(it->to_position, it->root);
    if (const auto* const it = std::get_if<ledger::LedgerCopied>(&record.data))
        return of(it->size, it->root);
    if (const auto* const it = std::get_if<ledger::LedgerRestored>(&record.data))
        return of(it->size, it->root);
    if (const auto* const it = std::get_if<ledger::ExportProduced>(&record.data))
        return of(it->size, it->root);
    const auto* const verified = std::get_if<ledger::LedgerVerified>(&record.data);
    // What was not whole had the root that was found, and goes on with the one that was committed.
    if (verified == nullptr || verified->fault_count > 0) return std::nullopt;
    return of(verified->size, verified->root);
}

void add_other_root(Findings& findings, const StatedRoot& stated, const Digest& root) {
    findings.add(stated.position, another,
                 stated.type + " states root " + beginning_of(stated.root) + " of the first " +
                     events_of(stated.size) + ", the tree has " + beginning_of(root) +
                     ": it was recorded of another history",
                 "event");
}

// Those whose root the lines do not have either; smallest size first.
void hold_against_lines(const Database& database, std::vector<StatedRoot> doubtful,
                        Findings& findings) {
    std::sort(doubtful.begin(), doubtful.end(),
              [](const auto& left, const auto& right) { return left.size < right.size; });
    ledger::Frontier found;
    const auto rows = database.scan(Family::events);
    for (const StatedRoot& stated : doubtful) {
        for (; rows->Valid() && found.size() < stated.size; rows->Next())
            found.append(ledger::leaf_hash(rows->value().ToStringView()));
        if (found.size() == stated.size && found.root() != stated.root)
            add_other_root(findings, stated, found.root());
    }
}

Result<Digest> committed_root(const Database& database, std::uint64_t size,
                              std::uint64_t asked_size) {
    const auto bytes = database.get(Family::commits, number_bytes(asked_size));
    if (!bytes) return fail(bytes.error());
    const auto row = *bytes ? commit_row_of(**bytes) : std::nullopt;
    if (row) return row->root;
    return root_at(database, size, asked_size);
}

}  // namespace

Result<bool> states_committed_root(const Database& database, std::uint64_t size,
                                   const ledger::Record& record, Findings& findings) {
    const auto stated = stated_root_of(record);
    if (!stated || stated->size > size) return false;
    const auto root = committed_root(database, size, stated->size);
    if (!root) return fail(root.error());
    if (*root != stated->root) add_other_root(findings, *stated, *root);
    return *root == stated->root;
}

void StatedRoots::expect(const ledger::Record& record) {
    if (auto stated = stated_root_of(record)) stated_.push_back(std::move(*stated));
}

void StatedRoots::finish(const Database& database, std::uint64_t size, Findings& findings) const {
    const std::uint64_t first_bad = findings.first_bad_event();
    TreeCache cache;
    std::vector<StatedRoot> doubtful;
    for (const StatedRoot& stated : stated_) {
        if (findings.is_event_bad(stated.position)) continue;
        if (stated.size > stated.position) {
            findings.add(stated.position, another,
                         stated.type + " states a root of " + events_of(stated.size) +
                             ", more than there were before it",
                         "event");
            continue;
        }
        if (stated.size > first_bad) continue;
        const auto root = root_at(database, cache, size, stated.size);
        if (!root || *root != stated.root) doubtful.push_back(stated);
    }
    if (!doubtful.empty()) hold_against_lines(database, std::move(doubtful), findings);
}

}  // namespace adapters::rocksdb
