// tools/varve/status_view.hpp: where a target stands, ledger and folder together, to be shown.
//
// Shape   rows in the folder's order where there is a folder; what only the ledger knows comes by
//         its number, and before all else where it has none. Carries the ledger, size and root it
//         was computed at.
#pragma once

#include "adapters/rocksdb/writer_lock.hpp"
#include "commands/examination.hpp"
#include "commands/reconcile.hpp"
#include "ledger/store.hpp"
#include "migrations/migration.hpp"
#include "projections/status.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/invocation.hpp"
#include "tools/varve/json_document.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tools::varve {

struct ComputedAt {
    ledger::Uuid ledger;
    std::uint64_t size{};
    ledger::Digest root;
};

struct StatusView {
    projections::TargetStatus status;
    std::vector<commands::Difference> differences;  // by the files alone
    bool with_folder{};
    std::size_t pending_count{};  // what a run would apply; with a folder only
    std::optional<commands::Examination> examination{};  // of what is in doubt
    // Versions of the folder that no run will apply: a baseline stands for them, or they are one
    // that this target, which has a history, has no use for.
    std::set<std::string> not_needed{};
    bool is_unlisted{};  // varve.toml names environments, and not this one
    bool is_past{};      // as of a moment that the ledger has left behind
    // The process at work on the target: then nothing of it is in doubt.
    std::optional<adapters::rocksdb::LockHolder> running{};
};

// Takes away what is out of order, where that needs nobody's decision: it is pending, and no more.
void leave_out_order(StatusView& view);

// Sorts by the folder and adds what the ledger has not heard of yet.
[[nodiscard]] StatusView with_folder(projections::TargetStatus status,
                                     const projections::TargetState& state,
                                     const migrations::Folder& folder);

[[nodiscard]] std::size_t pending_count(const StatusView& view);

// When the oldest of what has no outcome yet began: a run, an attempt.
[[nodiscard]] std::optional<std::int64_t> unfinished_since_us(const StatusView& view);

// What has no outcome yet is the work of `holder`, who has the ledger's lock, and not in doubt
// where all of it was begun since it took that: nobody else can have begun it.
void tell_running(StatusView& view, const adapters::rocksdb::LockHolder& holder);

// A run or rollback goes on, or was cut off: then the target may be a little further than this.
[[nodiscard]] bool is_unfinished(const StatusView& view);

void print(const Console& console, const StatusView& view);
void print(const Console& console, const ComputedAt& at);
[[nodiscard]] Json to_json(const StatusView& view);

// "pid 4711 (varve run) since 2026-11-29 08:28:47Z"
[[nodiscard]] std::string text_of(const adapters::rocksdb::LockHolder& holder);
[[nodiscard]] Json to_json(const adapters::rocksdb::LockHolder& holder);

[[nodiscard]] Json to_json(const ComputedAt& at);

}  // namespace tools::varve
