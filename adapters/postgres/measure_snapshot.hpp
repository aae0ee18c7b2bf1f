// adapters/postgres/measure_snapshot.hpp: what a session holds, after each statement of a
// transaction; and what the statement has done, told from two such looks.
//
// Why      what a statement changes it must have locked, and locks stay to the transaction's end.
//          So one look at the session's own locks, joined with the catalog, tells everything, and
//          costs the same however many relations a database has.
// New      where much is held, a look is told what the ones before have seen, and answers with what
//          is new: locks, relations that were read since, and those whose row in pg_class was
//          written since. For the last the server counts what a transaction writes, and each row
//          knows the command.
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
#include <set>
#include <string>
#include <vector>

namespace adapters::postgres {

using Oid64 = std::uint64_t;  // of an oid, which is 32 bits

struct RelationState {
    commands::RelationName name;
    char kind{};  // pg_class.relkind
    std::uint64_t file{};
    Oid64 table{};  // that it is an index of; or 0

    // Its own, to be scanned and rewritten: a table or a materialized view.
    [[nodiscard]] bool has_rows() const { return kind == 'r' || kind == 'm'; }
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

// The foreign keys that this transaction has made valid: who refers, by which, to which table or
// partition.
[[nodiscard]] const std::string& foreign_keys_query();

// The WAL's position, as the first value of a look.
[[nodiscard]] const std::string& wal_query();

struct Snapshot {
    struct Held {
        Oid64 relation{};
        std::uint64_t key{};  // of the relation with that mode; 0: this row tells no lock
        std::optional<commands::LockMode> mode;
        bool is_users{};
        std::optional<RelationState> state;  // none: it is gone
        commands::Scan scan;
        std::uint64_t written_by{};  // the transaction's command that has written its state; or 0
    };
    std::uint64_t wal_position{};
    // What the transaction has written so far: to pg_class, of which it has deleted, and what it
    // has changed in pg_namespace.
    std::uint64_t writes{};
    std::uint64_t deletions{};
    std::uint64_t schema_writes{};
    std::vector<Held> held;
};

enum class Look {
    whole,
    news,  // with the parameters that Seen gives; worth its longer plan where much is held
};

// One row with five values, however much it is.
[[nodiscard]] const std::string& snapshot_query(Look look);
[[nodiscard]] Snapshot snapshot_of(const Values& row);

// What the looks of this transaction have told, so that the next one tells what is new alone.
class Seen {
public:
    // The next look tells everything. What the transaction makes begins with `first_made`.
    void forget(Oid64 first_made);
    void add(const Snapshot& snapshot);
    // For the next look, in a database of so many relations.
    [[nodiscard]] Values parameters(std::size_t relation_count) const;

private:
    void add_keys(const Snapshot& snapshot);

    Oid64 first_made_{};
    Oid64 last_made_{};  // up to which nobody needs to be asked
    bool are_made_exclusive_{true};
    std::string keys_;  // of the others, with a comma after each
    std::set<Oid64> relations_;
    std::map<Oid64, std::uint64_t> read_;  // of those that can be read: rows and scans
    std::uint64_t writes_{};
    std::uint64_t deletions_{};
    std::uint64_t schema_writes_{};
    std::uint64_t last_write_{};
};

}  // namespace adapters::postgres
