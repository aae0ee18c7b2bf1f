// ledger/events/target.hpp: facts about one target database: runs, attempts, statements.
//
// Words   A run is one execution of a plan by one actor. An attempt is one try of one migration
//         within a run. The run's id is in the envelope; the attempt's id is also its marker's.
// Units   `_us` microseconds, `_index` from 0, `_count` a cardinality, `begin` and `end` bytes.
// Frozen  once released an event never changes; a new meaning is a new struct with a new tag.
#pragma once

#include "ledger/content.hpp"
#include "ledger/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

enum class Direction { up, down };

// Which database a target name stands for. Appended again when any of it changes.
struct TargetRegistered {
    static constexpr std::string_view tag = "target-registered.1";
    Target target;
    std::string database;
    std::string system_identifier;  // of the cluster, decimal: 64 bits do not fit a JSON number
    std::uint32_t database_oid{};
    std::string server_version;  // "15.8"
    std::string marker_schema;
    bool operator==(const TargetRegistered&) const = default;
};

struct GateVerdict {
    std::string gate;  // "validation", "reconcile", ...
    bool passed{};
    std::string detail;
    bool operator==(const GateVerdict&) const = default;
};

// A line of a plan's content: what a run would apply, or a rollback undo, in order.
struct PlannedMigration {
    Version version;
    std::string name;
    Direction direction{};
    std::string path;
    Digest digest;
    bool transactional{};
    std::uint32_t statement_count{};
    std::uint32_t first_statement_index{};
    bool operator==(const PlannedMigration&) const = default;
};

struct RunStarted {
    static constexpr std::string_view tag = "run-started.1";
    Target target;
    ContentReference plan;  // kind "plan": one line of JSON a migration, in order
    std::uint32_t migration_count{};
    std::vector<GateVerdict> gates;
    std::string server_version;
    bool operator==(const RunStarted&) const = default;
};

struct RunRefused {
    static constexpr std::string_view tag = "run-refused.1";
    Target target;
    std::string gate;
    std::string reason;  // the slug of the error that the person was shown
    std::string detail;
    bool operator==(const RunRefused&) const = default;
};

struct StatementResult {
    std::uint32_t statement_index{};
    std::uint64_t begin{};  // range in the script as executed
    std::uint64_t end{};
    std::uint32_t line{};  // in the file, from 1
    std::uint64_t elapsed_us{};
    std::string command_tag;  // as the server gives it: "INSERT 0 3"
    std::optional<std::uint64_t> row_count;
    std::vector<std::string> notices;
    bool operator==(const StatementResult&) const = default;
};

// Intent, durable before anything of the attempt can be.
struct AttemptStarted {
    static constexpr std::string_view tag = "attempt-started.1";
    Uuid attempt;
    Target target;
    Version version;
    std::string name;
    Direction direction{};
    Digest digest;                             // of the script's bytes exactly as read
    std::optional<ContentReference> executed;  // what is sent, where placeholders changed it
    std::uint32_t try_number{};                // from 1, within the run
    bool transactional{};
    std::optional<std::string> cause;  // why not transactional, or why tried again
    std::uint32_t statement_count{};
    std::uint32_t first_statement_index{};    // above 0 where an earlier attempt is resumed
    std::vector<std::string> indexes_before;  // invalid ones that are not ours to drop
    bool operator==(const AttemptStarted&) const = default;
};

// One statement of a migration that is not one transaction, with its effect committed.
struct StatementSucceeded {
    static constexpr std::string_view tag = "statement-succeeded.1";
    Uuid attempt;
    Target target;
    Version version;
    std::uint32_t statement_count{};
    StatementResult result;
    bool operator==(const StatementSucceeded&) const = default;
};

struct AttemptSucceeded {
    static constexpr std::string_view tag = "attempt-succeeded.1";
    Uuid attempt;
    Target target;
    Version version;
    Direction direction{};
    Digest digest;
    std::uint64_t elapsed_us{};
    std::uint32_t statement_count{};
    std::vector<StatementResult> statements;  // empty where `statements_content` has them
    std::optional<ContentReference> statements_content;  // kind "statements": a line of JSON each
    std::optional<std::string> settled_from;             // "marker": learned afterwards, not seen
    bool operator==(const AttemptSucceeded&) const = default;
};

enum class FailureCause {
    statement_error,    // the server refused a statement
    commit_error,       // the server refused COMMIT: nothing of it stays
    lock_timeout,       // our own lock_timeout ran out
    interrupted,        // the process or the connection died; settled afterwards
    connection_lost,    // before COMMIT was sent: nothing of it stays
    transaction_ended,  // the file ended the transaction behind our back
    marker_error,       // the marker row could not be written
    refused,            // what the protocol itself does not allow
};

struct AttemptFailed {
    static constexpr std::string_view tag = "attempt-failed.1";
    Uuid attempt;
    Target target;
    Version version;
    Direction direction{};
    Digest digest;
    FailureCause cause{};
    std::optional<std::string> sqlstate;
    std::string message;
    std::optional<std::string> detail;
    std::optional<std::string> hint;
    std::optional<ContentReference> message_content;  // where the whole text is over 4 KiB
    std::optional<std::uint32_t> statement_index;     // the one that failed
    std::optional<std::uint32_t> line;                // in the file, from 1
    std::optional<std::uint32_t> column;              // in characters, from 1
    std::uint64_t elapsed_us{};
    std::uint32_t statements_done{};  // committed and there to stay; 0 where transactional
    std::uint32_t statement_count{};
    bool resumable{};  // a later attempt goes on at `statements_done`
    // What stays although it failed: calls whose effect outlives a rollback ("nextval(...)"), and
    // what a statement that is no transaction has left half done, in words.
    std::vector<std::string> survivors;
    std::optional<std::string> settled_from;  // "marker", "catalog"
    bool operator==(const AttemptFailed&) const = default;
};

// Stopped by a person (a signal), and known to have left what `statements_done` says.
struct AttemptCancelled {
    static constexpr std::string_view tag = "attempt-cancelled.1";
    Uuid attempt;
    Target target;
    Version version;
    Direction direction{};
    Digest digest;
    std::string signal;  // "SIGINT", "SIGTERM"
    std::uint64_t elapsed_us{};
    std::uint32_t statements_done{};
    std::uint32_t statement_count{};
    bool resumable{};
    bool operator==(const AttemptCancelled&) const = default;
};

enum class Outcome { succeeded, failed, cancelled, in_doubt };

struct RunFinished {
    static constexpr std::string_view tag = "run-finished.1";
    Target target;
    Outcome outcome{};
    std::uint32_t applied_count{};
    std::uint32_t failed_count{};
    std::uint32_t skipped_count{};  // planned and not reached
    std::uint64_t elapsed_us{};
    bool operator==(const RunFinished&) const = default;
};

struct RollbackStarted {
    static constexpr std::string_view tag = "rollback-started.1";
    Target target;
    ContentReference plan;
    std::uint32_t migration_count{};
    std::vector<GateVerdict> gates;
    std::string server_version;
    bool operator==(const RollbackStarted&) const = default;
};

struct RollbackFinished {
    static constexpr std::string_view tag = "rollback-finished.1";
    Target target;
    Outcome outcome{};
    std::uint32_t undone_count{};
    std::uint32_t failed_count{};
    std::uint32_t skipped_count{};
    std::uint64_t elapsed_us{};
    bool operator==(const RollbackFinished&) const = default;
};

// A wait for the target's run lock that was long enough to tell, or was given up.
struct LockWaited {
    static constexpr std::string_view tag = "lock-waited.1";
    Target target;
    std::uint64_t waited_us{};
    bool obtained{};
    std::optional<std::int64_t> holder_pid;
    std::optional<std::string> holder_application;
    std::optional<std::string> holder_client;
    std::optional<std::int64_t> held_since_us;
    bool operator==(const LockWaited&) const = default;
};

}  // namespace ledger
