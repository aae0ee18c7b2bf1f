// commands/rehearsal.hpp: what a statement was measured to do, on a copy that is thrown away.
//
// Locks    what the statement's transaction holds when the statement is through: its own and those
//          of the statements before it in the same transaction. `taken` are those that it added or
//          made stronger. Without ACCESS SHARE, which every query takes, and without catalogs.
// Names    as the relation was called when the transaction began, with its schema where that is not
//          public; "is_new" where the transaction has made it, so that nobody else can see it.
// Scanned  rows that were read from end to end, once for each time; what is read by an index is not
//          in it. On an empty table the count of scans still tells.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace commands {

// PostgreSQL's own order: a stronger one is larger.
enum class LockMode {
    access_share = 1,
    row_share,
    row_exclusive,
    share_update_exclusive,
    share,
    share_row_exclusive,
    exclusive,
    access_exclusive,
};

[[nodiscard]] std::string_view to_text(LockMode mode);  // "AccessExclusiveLock"
[[nodiscard]] std::string_view words(LockMode mode);    // "ACCESS EXCLUSIVE"
[[nodiscard]] std::optional<LockMode> lock_mode(std::string_view text);

// Source  PostgreSQL manual, table 13.2.
[[nodiscard]] bool conflict(LockMode one, LockMode other);

// What such a lock keeps waiting: "reads and writes", "writes", or nothing.
[[nodiscard]] std::string_view blocked_by(LockMode mode);

struct RelationName {
    std::string schema;
    std::string name;
    auto operator<=>(const RelationName&) const = default;
};
[[nodiscard]] std::string to_text(const RelationName& name);

struct RelationLock {
    RelationName relation;
    bool is_new{};
    LockMode mode{};
    bool operator==(const RelationLock&) const = default;
};
[[nodiscard]] std::string key_of(const RelationLock& lock);  // "orders", "orders_pkey [new]"

struct Scan {
    std::uint64_t rows{};
    std::uint64_t count{};
    bool operator==(const Scan&) const = default;
};

struct StatementFailure {
    std::string sqlstate;
    std::string message;
    std::optional<std::string> detail;
    std::optional<std::string> hint;
    std::optional<std::uint32_t> position;  // in characters of the statement, from 1
    std::string source_function{};          // where in the server: the same in every language
    bool operator==(const StatementFailure&) const = default;
};

// Of a relation, schema, function or type, or another object, that is not there.
[[nodiscard]] bool is_absence(std::string_view sqlstate);

using TextPair = std::pair<std::string, std::string>;

// Or, at the end of a transaction, what its statements have deferred until then: as if it were one
// more, in the place of the last one.
struct MeasuredStatement {
    std::uint32_t index{};  // in its script
    std::uint32_t line{};   // in its file, from 1
    std::string text;
    std::string kind;
    std::vector<RelationLock> locks;
    std::vector<RelationLock> taken;
    std::vector<RelationLock> only_read;  // with ACCESS SHARE, and there before
    std::vector<RelationName> rewritten;  // tables and materialised views with a new file
    std::vector<RelationName> reindexed;
    std::vector<RelationName> dropped;                     // what had a file
    std::vector<std::pair<RelationName, char>> new_files;  // with the relation's kind, pg_class'
    std::vector<RelationName> index_files_reused;
    std::map<RelationName, Scan> scans;
    std::map<RelationName, RelationName> index_tables;  // of the indexes of what was scanned
    // That were validated: who refers, and to whom. A partitioned table is its partitions here.
    std::vector<std::pair<RelationName, RelationName>> foreign_keys;
    // Of these, what had another name where the rehearsal began: by the name that is told here.
    std::map<RelationName, RelationName> first_names;
    std::uint64_t wal_bytes{};
    std::uint64_t elapsed_us{};
    bool in_transaction_ok{true};
    // What the server says where it is tried in a transaction and cannot run there.
    std::optional<StatementFailure> in_transaction;
    bool is_deferred{};
    bool ran_outside{};  // of any transaction: then locks are what a second session saw of it
    // What it waits for while somebody else has written to its tables and not yet committed.
    std::vector<TextPair> waits;        // relation or kind of lock, mode
    std::vector<TextPair> wait_events;  // type, event
    std::optional<StatementFailure> failure;
    std::optional<std::string> not_run;  // why
};

struct RehearsedScript {
    std::string path;
    std::vector<MeasuredStatement> statements;
    bool transactional{};
    std::string mode_cause;  // why not
    bool failed{};           // the last statement has failed, or what deferred checks have found
    std::optional<StatementFailure> commit_failure;
    std::uint64_t elapsed_us{};
};

// The relations on which a writer that has not committed yet would keep it waiting, from its locks.
[[nodiscard]] std::vector<TextPair> waits_behind_writer(const std::vector<RelationLock>& taken);

}  // namespace commands
