// adapters/postgres/measure_snapshot.hpp: what a session holds, after each statement of a
// transaction; and what the statement has done, told from two such looks.
//
// Why      what a statement changes it must have locked, and locks stay to the transaction's end.
//          So one look at the session's own locks, joined with the catalog, tells everything, and
//          costs the same however many relations a database has.
// Rows     pg_stat_get_xact_tuples_returned counts what this transaction has read by sequential
//          scans; parallel workers count for themselves, so they are turned off.
// Files    an index is rebuilt where its file is new; ALTER TYPE makes a new index over an old file
//          where nothing needs to be built.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/rehearsal.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace adapters::postgres {

using Oid64 = std::uint64_t;  // of an oid, which is 32 bits

struct RelationState {
    commands::RelationName name;
    char kind{};  // pg_class.relkind
    std::uint64_t file{};
};
using Relations = std::map<Oid64, RelationState>;

// Everything but catalogs and TOAST: a row a relation.
[[nodiscard]] const std::string& relations_query();
[[nodiscard]] Relations relations_of(const std::vector<Values>& rows);

// Since this version a server can be asked to report at once what a session has read.
inline constexpr int can_flush_since = 150'000;

// What was read before the transaction and is not yet reported: a row a relation.
[[nodiscard]] const std::string& scans_query();
[[nodiscard]] std::map<Oid64, commands::Scan> scans_of(const std::vector<Values>& rows);

struct Snapshot {
    struct Held {
        Oid64 relation{};
        commands::LockMode mode{};
        std::optional<RelationState> state;  // none: it is gone
        commands::Scan scan;
    };
    std::uint64_t wal_position{};
    std::vector<Held> held;
};

// The first value of the snapshot alone.
[[nodiscard]] const std::string& wal_query();

// One row with two values, however much it is.
[[nodiscard]] const std::string& snapshot_query();
[[nodiscard]] Snapshot snapshot_of(const Values& row);

// What is known of the relations of a database, kept level from statement to statement.
class RelationBook {
public:
    void reload(Relations relations);  // outside a transaction, or after a savepoint's end
    void begin(std::map<Oid64, commands::Scan> scanned, std::uint64_t wal_position);
    void absorb(const Snapshot& snapshot, commands::MeasuredStatement& statement);
    void commit();
    void roll_back();

    [[nodiscard]] const Relations& relations() const { return now_; }

private:
    void note_state(const Snapshot::Held& held, commands::MeasuredStatement& statement);
    void note_scan(const Snapshot::Held& held, commands::MeasuredStatement& statement);
    [[nodiscard]] const RelationState* before(Oid64 relation) const;
    using Kinds = std::map<commands::RelationName, char>;
    [[nodiscard]] static std::vector<commands::TextPair> waits_of(
        const commands::MeasuredStatement& statement, const Kinds& kinds);
    [[nodiscard]] std::optional<commands::RelationLock> lock_of(const Snapshot::Held& held) const;

    std::optional<Relations> before_;  // the transaction that is open
    Relations now_;
    std::map<Oid64, commands::LockMode> held_;
    std::map<Oid64, commands::Scan> scanned_;
    std::uint64_t wal_position_{};
};

// From two whole looks, of a statement that ran outside any transaction.
void compare(const Relations& before, const Relations& after,
             commands::MeasuredStatement& statement);

}  // namespace adapters::postgres
