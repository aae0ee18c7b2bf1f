// adapters/postgres/marker_table.hpp: the SQL of the table that attempts leave their markers in.
//
// Shape    "<schema>".__migrations_metadata, a row an attempt. Every name is qualified, so that no
//          search_path and no temporary table can stand between.
// Format   applied_at is the time of the row's last change, duration_ms the server's time in the
//          attempt's committed transactions.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::postgres {

// The key of a lock that the run lock's session holds besides: RunLock::token(). Nothing: nobody
// asked for the run lock.
using RunLockToken = std::optional<std::int64_t>;

class MarkerTable {
public:
    MarkerTable(const std::string& schema, int server_version);

    // Qualified and quoted.
    [[nodiscard]] const std::string& name() const { return table_; }

    // What is said before the marker is touched: as ourselves, whatever the file has become, and
    // durably, but only until the transaction ends.
    [[nodiscard]] static std::vector<Command> prelude();

    // Both answer with the transaction's id, whether the run lock is still held, and how the table
    // stands.
    [[nodiscard]] Command insert(const commands::Marker& marker, std::uint32_t statements_done,
                                 const RunLockToken& token) const;
    // As insert(), and refused where the role could not update the row later.
    [[nodiscard]] Command insert_to_update(const commands::Marker& marker,
                                           std::uint32_t statements_done,
                                           const RunLockToken& token) const;
    // With all of its statements done, and without an answer: of what no attempt brought about.
    [[nodiscard]] Command insert_where_missing(const commands::Marker& marker) const;
    // How many of these are there; and what to say where some are not that were just written.
    [[nodiscard]] Command count_of(const std::vector<commands::Marker>& markers) const;
    [[nodiscard]] ledger::Error not_kept() const;
    [[nodiscard]] Command update(const ledger::Uuid& attempt, std::uint32_t statements_done,
                                 std::uint64_t bare_elapsed_us, const RunLockToken& token) const;

    // The transaction that wrote the attempt's marker last: what is older was there before.
    [[nodiscard]] Command select_transaction(const ledger::Uuid& attempt) const;

    // Whatever the database says of commits: a crash of the server must not take back what the
    // ledger is told of next.
    [[nodiscard]] static Command durable_transaction();
    // Durable by itself.
    [[nodiscard]] Command record_done(const ledger::Uuid& attempt,
                                      std::uint32_t statements_done) const;

    // Takes the fence for the transaction, tells its id and how the table stands.
    [[nodiscard]] Command fence(const ledger::Uuid& attempt) const;

    // Whether anything but the marker itself has changed the table between those two answers: rows
    // of other attempts, or the table as a whole. What a savepoint has undone counts too.
    [[nodiscard]] static bool has_changed(const Values& at_fence, const Values& at_marker);

    // The same two for a script that only defines, and names nothing of ours: planned once a
    // session. The marker is given what the fence told, and its statement itself fails where the
    // run lock is lost or the table has changed: so COMMIT need not wait for its reply.
    [[nodiscard]] std::vector<Command> preparations(const RunLockToken& token) const;
    // Fails where the attempt `after` has not been committed.
    [[nodiscard]] static Command fence_prepared(const ledger::Uuid& attempt,
                                                const std::optional<ledger::Uuid>& after);
    [[nodiscard]] static Command insert_prepared(const commands::Marker& marker,
                                                 const Values& at_fence);
    enum class Refusal { none, lock_lost, table_changed };
    [[nodiscard]] static Refusal refusal_of(const ServerError& error);

    // How many there are that would run in such a script: where any is, it is run like the others.
    [[nodiscard]] Command code_beside() const;

    // Whether a script's text may mean the table or its schema, or what is of the session. Rather
    // one time too often.
    [[nodiscard]] bool is_named_in(std::string_view text) const;

    // Makes what is missing; refuses a table of that name that is not ours, or that the role may
    // not write to, "permission-denied", or not see all of, "markers-hidden".
    [[nodiscard]] ledger::Result<void> prepare(Connection& connection);

    // What prepare() looks at first, for who knows that it will be called, and has time. Reads
    // only.
    void look_ahead(Connection& connection);

    // Whether prepare() would be refused for want of a right, or update(). Reads only.
    [[nodiscard]] ledger::Result<void> check_rights(Connection& connection, bool updates);

    // Refuses what has that name and is not ours. Reads only.
    [[nodiscard]] ledger::Result<void> expect_ours(Connection& connection);

    // What to say where row security is on for the role.
    [[nodiscard]] ledger::Error hidden() const;

    // Learns which relation it is, where that is not known yet.
    [[nodiscard]] ledger::Result<void> find(Connection& connection);

private:
    static constexpr const char* table_name = "__migrations_metadata";
    enum class Shape { no_schema, no_table, ours };
    [[nodiscard]] ledger::Result<Shape> look(Connection& connection);
    [[nodiscard]] ledger::Error no_rights() const;
    [[nodiscard]] ledger::Result<void> check_updating(Connection& connection);
    [[nodiscard]] tl::expected<void, ServerError> create(Connection& connection, Shape shape,
                                                         const std::string& besides) const;
    [[nodiscard]] tl::expected<void, ServerError> create_with_witness(Connection& connection,
                                                                      Shape shape) const;
    [[nodiscard]] std::string insert_sql(const std::string& applied_at,
                                         const std::string& duration_ms) const;
    [[nodiscard]] std::string returning(const RunLockToken& token) const;
    [[nodiscard]] std::string standing(const std::string& relation) const;

    std::string schema_;
    std::string table_;           // name()
    std::string transaction_id_;  // the function that tells it
    std::uint32_t oid_{};         // 0: not known
    std::optional<Shape> ahead_;  // from look_ahead(), until it is used
    bool is_hidden_{};            // whether row security is on for the role, as of the last look
    std::string lacks_;           // which rights the role lacks, as of the last look
};

}  // namespace adapters::postgres
