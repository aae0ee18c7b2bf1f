// commands/ports.hpp: what commands need from the world besides the ledger.
//
// TargetDatabase  one target, connected for the length of a command. Its adapter keeps the run
//                 protocol of docs/architecture.md: who calls decides, it acts.
#pragma once

#include "ledger/events/target.hpp"
#include "ledger/identity.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace commands {

struct ServerFacts {
    std::string version;  // "15.8"
    std::uint32_t version_number{};
    std::string database;
    std::uint32_t database_oid{};
    std::string system_identifier;
    std::string user;
    bool read_only{};                        // a standby, or default_transaction_read_only
    std::optional<std::int64_t> clock_us{};  // what its clock says when facts() is called
    bool operator==(const ServerFacts&) const = default;
};

struct LockHolder {
    std::int64_t pid{};
    std::string application;
    std::string client;  // address, or "local"
    std::int64_t since_us{};
    bool operator==(const LockHolder&) const = default;
};

struct LockOutcome {
    bool obtained{};
    std::uint64_t waited_us{};
    std::optional<LockHolder> holder;  // the last one seen
    bool was_held{};  // by us, since connecting: nobody else has changed what was read since
};

// The row that an attempt leaves in the target, in the same transaction as its statements.
struct Marker {
    ledger::Uuid attempt;
    ledger::Version version;
    std::string name;
    ledger::Direction direction{};
    ledger::Digest digest;
    std::string target;
    std::string system_identifier;
    std::uint32_t database_oid{};
    ledger::Uuid ledger;
    std::uint64_t ledger_size{};
    ledger::Digest ledger_root;
    std::uint32_t statements_done{};
    std::uint32_t statements_total{};
    std::string applied_by;
    std::int64_t applied_at_us{};  // set by the server
    bool operator==(const Marker&) const = default;
};

// One attempt, ready to be made.
struct AttemptOrder {
    Marker marker;                                     // statements_done 0; the adapter counts
    std::shared_ptr<const migrations::Script> script;  // never null
    std::shared_ptr<const migrations::Script> verify;  // or null; under a savepoint, rolled back
    bool transactional{};
    std::uint32_t first_statement_index{};    // of a resumed attempt
    std::vector<std::string> indexes_before;  // invalid indexes that are not ours to drop
    bool is_begun{};  // an earlier attempt has left the first statement half done
};

struct AttemptSucceeded {
    std::vector<ledger::StatementResult> statements;
    std::uint64_t elapsed_us{};
    std::vector<std::string> commit_notices{};  // what the server said at COMMIT
    std::vector<std::string> notes{};           // what a person has to know, too
};

struct AttemptFailed {
    ledger::FailureCause cause{};
    std::optional<std::string> sqlstate;
    std::string message;
    std::optional<std::string> detail;
    std::optional<std::string> hint;
    std::optional<std::uint32_t> statement_index;
    std::optional<std::uint32_t> line;    // in the file, from 1
    std::optional<std::uint32_t> column;  // in characters, from 1
    std::uint64_t elapsed_us{};
    std::uint32_t statements_done{};
    // What the statement that failed has left half done, in words.
    std::vector<std::string> begun{};
    // The server says it must not run in a transaction (25001, 55P04, 2D000 before any commit).
    bool needs_no_transaction{};
};

struct AttemptCancelled {
    std::string signal;
    std::uint64_t elapsed_us{};
    std::uint32_t statements_done{};
    std::vector<std::string> begun{};  // as of a failure
};

// The connection ended after COMMIT was sent, or in a bare statement: it may have happened. Or a
// bare statement was ended after it had committed part of its work itself.
struct AttemptInDoubt {
    std::string message;
    std::uint64_t elapsed_us{};
    bool is_half_done{};  // the server has answered, and only a person can tell what stays
};

using AttemptOutcome =
    std::variant<AttemptSucceeded, AttemptFailed, AttemptCancelled, AttemptInDoubt>;

// Of attempts that share one transaction: all of them are applied, or none.
struct TogetherOutcome {
    std::vector<AttemptSucceeded> succeeded;  // one an attempt where `end` is success; else none
    std::size_t reached{};                    // the attempt that it ended at, from 0
    AttemptOutcome end{};                     // of the whole; a failure's place is in that script
};

// Who an executing attempt tells, and asks. Called on the thread that called execute().
class AttemptObserver {
public:
    virtual ~AttemptObserver() = default;

    // Of several attempts in one transaction: the one, from 0, whose statements come next.
    virtual void attempt_begins(std::size_t /*place*/) {}

    // Called before anything of the attempt can become durable: before COMMIT of a transactional
    // one, before the first statement otherwise. Answers once AttemptStarted is on disk; on an
    // error nothing is committed.
    virtual ledger::Result<void> before_effect() = 0;

    // A statement has succeeded: committed where the attempt is not transactional, in which case
    // an error stops the attempt after it.
    virtual ledger::Result<void> statement_succeeded(const ledger::StatementResult& result,
                                                     std::uint32_t statement_count) = 0;

    // The name of the signal that asks to stop, or nothing. Polled while waiting for the server.
    virtual std::optional<std::string> cancelled() = 0;

    // The answer to what nobody cancels, a COMMIT, is late. Told again and again.
    virtual void answer_is_late() {}
};

// What the catalog tells of a bare statement (one that ran outside any transaction) in doubt.
enum class CatalogVerdict { happened, did_not_happen, cannot_tell };

// What was there before such a statement began, and so is no trace of it.
struct BeforeStatement {
    std::vector<std::string> invalid_indexes;  // as AttemptStarted names them
    std::optional<ledger::Uuid> attempt;       // whose marker was written before
};

class TargetDatabase {
public:
    virtual ~TargetDatabase() = default;

    virtual ledger::Result<ServerFacts> facts() = 0;

    // Polls for the run lock; never blocks in the server. Held at least until this object is gone.
    virtual ledger::Result<LockOutcome> lock(std::chrono::milliseconds wait) = 0;

    // Makes the marker schema and table where they are missing. Refused "permission-denied" where
    // the role may not make or write them: before anything is told to the ledger.
    virtual ledger::Result<void> prepare_markers() = 0;

    // Whether that would be refused for want of a right; `updates`: or the marker of a migration
    // that is not one transaction. Reads only.
    virtual ledger::Result<void> check_marker_rights(bool updates) = 0;

    // Refused "permission-denied" where the role may make nothing in the schema that a file means
    // which names none, or no schema of its path is there. Reads only.
    virtual ledger::Result<void> check_creation_rights() = 0;

    // Whether a table, a view or the like is called so, in whichever schema but the server's own.
    virtual ledger::Result<bool> has_relation_named(const std::vector<std::string>& names) = 0;

    // Every marker, oldest first by the server's clock; none where there is no table. Reads only.
    virtual ledger::Result<std::vector<Marker>> markers() = 0;

    // The attempt's marker, read once no backend holds that attempt's fence. in_doubt
    // "fence-held" where it stays held for `wait`.
    virtual ledger::Result<std::optional<Marker>> settled_marker(
        const ledger::Uuid& attempt, std::chrono::milliseconds wait) = 0;

    // Did the bare statement at that index happen? After a crash, behind the fence.
    virtual ledger::Result<CatalogVerdict> look_for(const migrations::Script& script,
                                                    std::uint32_t statement_index,
                                                    const BeforeStatement& before) = 0;

    // What the bare statement at that index, which did not happen, has left half done, in words.
    virtual ledger::Result<std::vector<std::string>> begun(const migrations::Script& script,
                                                           std::uint32_t statement_index,
                                                           ledger::Direction direction,
                                                           const BeforeStatement& before) = 0;

    // Invalid indexes on the tables that the script's concurrent statements name.
    virtual ledger::Result<std::vector<std::string>> invalid_indexes(
        const migrations::Script& script) = 0;

    // Makes these rows, all or none; what is there with the same attempt stays as it is. For what
    // no attempt brought about: statements_done equals statements_total.
    virtual ledger::Result<void> write_markers(const std::vector<Marker>& markers) = 0;

    // Corrects the count of a non-transactional attempt's marker after look_for has told.
    virtual ledger::Result<void> record_done(const ledger::Uuid& attempt,
                                             std::uint32_t statements_done) = 0;

    virtual AttemptOutcome execute(const AttemptOrder& order, AttemptObserver& observer) = 0;

    // The attempt that is to follow the one executed next, where that succeeds; what its marker
    // says beyond the attempt's id may be told with its own execute(). Its statements may be sent
    // before that, never its COMMIT; what is executed in its place, or nothing, undoes them.
    virtual void expect(AttemptOrder /*next*/) {}

    // One transaction for all of them, each with its marker, each in a session like a fresh one.
    // before_effect() is asked once, before COMMIT. The first one's fence stands for all.
    virtual TogetherOutcome execute_together(const std::vector<AttemptOrder>& orders,
                                             AttemptObserver& observer) = 0;
};

// How long a transaction of ours may wait for its client, who keeps it waiting only while the
// ledger syncs.
inline constexpr const char* idle_in_transaction_time = "20s";

struct SessionSettings {
    std::string url;
    std::string marker_schema{"varve"};
    std::string application_name{"varve"};
    std::string lock_timeout{"5s"};
    std::uint64_t lock_timeout_ms{5'000};  // the same
    std::string statement_timeout{"0"};
    bool pooler_is_session{};  // the configuration says that a pooler keeps sessions
    // Asked again and again while the answer to one of Varve's own statements is late: to say so,
    // and to answer whether it is to be given up, with the session.
    std::function<bool()> when_late;
    // The signal that asks to stop, once one does: a question of Varve's own that waits then is
    // cancelled.
    std::function<std::optional<std::string>()> asked_to_stop;
};

}  // namespace commands
