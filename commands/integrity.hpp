// commands/integrity.hpp: whether a target's data holds what its schema says, and what pending
// scripts will ask of it.
//
// Port     IntegrityDatabase answers with counts and names of the catalog, never with a row.
// Pure     which questions there are, and what their answers mean.
// Passed   what could not be answered in time is no pass. What a pending script changes before it
//          asks for it (an UPDATE, then SET NOT NULL) is told, and stops nothing.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/events/validation.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace commands {

struct ForeignKey {
    std::string name;
    std::string table;  // quoted, with its schema
    std::string referenced;
    std::vector<std::string> columns;
    std::vector<std::string> referenced_columns;
    bool has_index{};
    bool whole_tables{};  // partitioned or not, with all that is in its partitions
    bool whole_referenced{};
    bool is_match_full{};  // then a row with some of its columns null is an orphan
};

struct SequenceFigures {
    std::string name;
    std::string last_value;  // empty: it may not be read
    std::string end;         // its own, or that of the type of a column that takes its numbers
    double used{};           // 0 ... 1
};

struct CatalogFigures {
    std::vector<ForeignKey> foreign_keys;
    std::vector<std::pair<std::string, std::string>> not_valid;  // constraint, table
    std::vector<std::string> unusable_indexes;
    std::vector<SequenceFigures> sequences;
    std::string sequences_unread;  // why none could be read
};

// What a pending statement will ask of rows that are there. Names as PostgreSQL folds them, and as
// the target has them: from before what pending scripts rename.
struct RowsQuestion {
    std::string schema;  // empty: by the search path
    std::string table;
    std::vector<std::string> columns;
    bool nulls_are_equal{};
    std::string asked_by;                    // "0004_email.up.sql:3"
    bool is_written_before{};                // by a statement of the pending scripts
    bool is_made_before{};                   // the table or the column, by one of them
    std::vector<std::string> search_path{};  // that a script has set; else that of a session
    bool is_retyped_before{};                // a column has another type by then
    bool is_none_allowed{};                  // of `rows`: not one; else one
    std::string unless_column{};             // of `rows`: nothing is asked where it is there
};

struct Questions {
    std::vector<RowsQuestion> unique;
    std::vector<RowsQuestion> not_null;  // a column each
    std::vector<RowsQuestion> rows;      // tables that may have none, or one, for a new column
    std::vector<std::string> validated;  // constraints, by name
    std::vector<std::string> not_asked;  // what cannot be asked, and why
};

[[nodiscard]] Questions questions_of(const std::vector<const migrations::Script*>& pending);

struct CountAnswer {
    std::optional<std::uint64_t> count;  // nothing: why not; without why, it is not there
    std::string why_not;
};

class IntegrityDatabase {
public:
    virtual ~IntegrityDatabase() = default;
    virtual ledger::Result<CatalogFigures> catalog() = 0;
    virtual ledger::Result<CountAnswer> count_orphans(const ForeignKey& key) = 0;
    // Groups of rows that are equal in those columns.
    virtual ledger::Result<CountAnswer> count_duplicates(const RowsQuestion& question) = 0;
    virtual ledger::Result<CountAnswer> count_nulls(const RowsQuestion& question) = 0;
    // No further than 2.
    virtual ledger::Result<CountAnswer> count_rows(const RowsQuestion& question) = 0;
};

// Number, count and name of a question that takes time.
using TellQuestion = std::function<void(std::size_t, std::size_t, const std::string&)>;

[[nodiscard]] ledger::Result<std::vector<ledger::TestCheck>> check_integrity(
    IntegrityDatabase& database, const Questions& questions, const TellQuestion& tell);

}  // namespace commands
