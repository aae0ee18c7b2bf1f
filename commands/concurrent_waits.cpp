#include "commands/concurrent_waits.hpp"

#include "commands/described.hpp"

#include <algorithm>

namespace commands {

namespace sql = migrations::sql;

namespace {

std::optional<ConcurrentWaits> detaching(const sql::AlterTable& alter) {
    for (const sql::TableChange& change : alter.changes) {
        if (change.kind == sql::TableChangeKind::detach_partition && change.concurrently)
            return ConcurrentWaits{LockMode::access_exclusive, false};
    }
    return std::nullopt;
}

}  // namespace

std::optional<ConcurrentWaits> concurrent_waits(const std::string& statement) {
    const sql::Action action = described(statement);
    if (const auto* it = std::get_if<sql::CreateIndex>(&action); it && it->concurrently)
        return ConcurrentWaits{LockMode::share, true};
    if (const auto* it = std::get_if<sql::Reindex>(&action); it && it->concurrently)
        return ConcurrentWaits{LockMode::access_exclusive, true};
    if (const auto* it = std::get_if<sql::Drop>(&action); it && it->concurrently)
        return ConcurrentWaits{LockMode::access_exclusive, false};
    if (const auto* it = std::get_if<sql::AlterTable>(&action)) return detaching(*it);
    return std::nullopt;
}

std::string words(const ConcurrentWaits& waits) {
    std::string text = waits.table == LockMode::share
                           ? "every transaction that has written to its table"
                           : "every transaction that has read or written its table";
    if (waits.for_snapshots)
        text += ", and for every one in this database with a snapshot older than its own";
    return text;
}

std::vector<RelationLock> waited_out(const std::vector<RelationLock>& taken,
                                     const ConcurrentWaits& waits) {
    std::vector<RelationLock> locks = taken;
    for (RelationLock& lock : locks)
        if (lock.mode == LockMode::share_update_exclusive)
            lock.mode = std::max(lock.mode, waits.table);
    return locks;
}

}  // namespace commands
