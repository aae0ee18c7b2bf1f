// commands/rehearsal_ports.hpp: a server on which anything may be tried, and databases on it.
//
// Shadow     makes databases; they and everything on it are gone with it. Two at a time are fine.
// Rehearsal  one of them: scripts are applied to it, or rehearsed, with every statement measured
//            where that is wanted, and its catalog and rows are told as text that can be compared.
#pragma once

#include "commands/rehearsal.hpp"
#include "commands/sample_rows.hpp"
#include "commands/sequence_positions.hpp"
#include "ledger/digest.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace commands {

// What becomes of a rehearsed script's effect.
enum class Ending {
    kept,    // the next script sees it
    undone,  // rolled back, where it ran in one transaction; see Rehearsal::is_spoilt
};

// The catalog of a database: the definition of every object that is not PostgreSQL's own or an
// extension's, by its identity ("table public.orders", "column public.orders.id").
struct CatalogText {
    std::map<std::string, std::string> objects;
    ledger::Digest digest;
    bool operator==(const CatalogText&) const = default;
};

// Rows of a table, whatever order they are in.
struct DataChecksum {
    std::uint64_t row_count{};
    std::string checksum;
    bool operator==(const DataChecksum&) const = default;
};

class Rehearsal {
public:
    virtual ~Rehearsal() = default;

    // Statement by statement as psql does, without measuring; refused "shadow-history" with file
    // and line at the first that fails. Notes say what is not done on a shadow.
    virtual ledger::Result<std::vector<std::string>> apply(const migrations::Script& script) = 0;

    // As a run would: in one transaction where its mode says so; where the server says that it
    // cannot be, again without one. A statement that fails is in what is answered.
    virtual ledger::Result<RehearsedScript> rehearse(const migrations::Script& script,
                                                     Ending ending) = 0;

    // An effect stays that was to be undone.
    [[nodiscard]] virtual bool is_spoilt() const = 0;

    virtual ledger::Result<CatalogText> catalog() = 0;
    virtual ledger::Result<std::map<std::string, DataChecksum>> data() = 0;

    // A few rows for every table that has none, as far as they can be made.
    virtual ledger::Result<std::vector<SampledTable>> add_sample_rows(SampleStyle style) = 0;
    // What is in every table, a column at a time.
    virtual ledger::Result<AllRows> rows() = 0;
    // What every sequence gives next.
    virtual ledger::Result<SequencePositions> sequences() = 0;
};

inline constexpr const char* way_by_history = "see what comes before it in the history";
inline constexpr const char* way_by_target =
    "see what comes before it in the history; or rehearse on the target's own schema, as it is "
    "now: --shadow-from target";

// Whose what sessions on the target begin with is: its server's, or nobody's; its database's own
// (ALTER DATABASE ... SET); or above that, of the role or the connection.
enum class DefaultOf { server, database, role };

// What sessions begin with: a server's own, or the target's.
struct SessionDefaults {
    std::string time_zone{"UTC"};
    std::string search_path{"\"$user\", public"};  // of a target with its role's name in it
    DefaultOf time_zone_of{};
    DefaultOf search_path_of{};
    // The target's name; empty where none was asked.
    std::string database{};
};

struct RehearsalOrder {
    std::vector<migrations::Script> history;  // what the database has been through
    SessionDefaults defaults{};
    // More databases of the same history will be asked for: then a template is kept.
    bool is_first_of_many{};
    // Whether each statement succeeds is all that is asked: looking at what it locks and reads
    // costs more with every relation that its transaction has touched already.
    bool without_measuring{};
    // The database's, with the collation C where it is not the shadow's own.
    std::string encoding{"UTF8"};
    // The target's. What history has not made of them is there before what is rehearsed.
    std::set<std::string> schemas{};
    // What to do where a script of the history fails.
    std::string way_out{way_by_history};
};

class Shadow {
public:
    virtual ~Shadow() = default;

    virtual ledger::Result<std::unique_ptr<Rehearsal>> open(const RehearsalOrder& order) = 0;
    [[nodiscard]] virtual std::uint32_t server_version() const = 0;  // 150020
    // What of the histories was not done, once each.
    [[nodiscard]] virtual std::vector<std::string> notes() const = 0;
};

// What a live target is asked, read only.
struct RelationFigures {
    double rows{};          // the planner's estimate
    std::uint64_t bytes{};  // of the table alone
    double queries_per_second{};
    double rows_below{};     // of what inherits from it; infinite where that is not known
    bool is_size_unknown{};  // nobody can tell rows and bytes now
    bool operator==(const RelationFigures&) const = default;
};

struct ConflictingSession {
    RelationName relation;
    std::int64_t pid{};
    LockMode mode{};
    bool is_granted{};
    std::string state;
    std::string application;
    std::string kind;  // pg_stat_activity's backend_type
    std::uint64_t transaction_age_us{};
    bool operator==(const ConflictingSession&) const = default;
};

// Who reads the database as it was: CREATE INDEX CONCURRENTLY waits for the like.
struct SnapshotHolder {
    std::int64_t pid{};
    std::string state;
    std::string application;
    std::string kind;
    std::uint64_t transaction_age_us{};
    bool operator==(const SnapshotHolder&) const = default;
};

class LiveTarget {
public:
    virtual ~LiveTarget() = default;

    // Of those relations that are there. With `with_rates` it takes a second.
    virtual ledger::Result<std::map<RelationName, RelationFigures>> figures(bool with_rates) = 0;
    // Who holds or waits for what conflicts with one of these locks.
    virtual ledger::Result<std::vector<ConflictingSession>> conflicting(
        const std::vector<RelationLock>& locks) = 0;
    // In this database; without those that nobody waits for: VACUUM, another plain index build.
    virtual ledger::Result<std::vector<SnapshotHolder>> snapshot_holders() = 0;
    // That a new session begins with.
    [[nodiscard]] virtual SessionDefaults defaults() const = 0;
    [[nodiscard]] virtual std::string encoding() const = 0;
    // Not the server's own.
    [[nodiscard]] virtual ledger::Result<std::set<std::string>> schemas() = 0;
};

}  // namespace commands
