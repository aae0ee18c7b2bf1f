// migrations/statement.hpp: one SQL statement of a script, and what a runner must know of it.
//
// Units  begin and end are bytes of the script's text: without leading white space and comments,
//        without the closing semicolon. line from 1, in the file.
#pragma once

#include "migrations/boxed.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migrations {

enum class Control {
    none,
    begin,      // BEGIN, START TRANSACTION
    commit,     // COMMIT, END
    rollback,   // ROLLBACK, ABORT
    chain,      // COMMIT AND CHAIN, ROLLBACK AND CHAIN
    prepare,    // PREPARE TRANSACTION, COMMIT PREPARED, ROLLBACK PREPARED
    savepoint,  // SAVEPOINT, RELEASE, ROLLBACK TO: harmless inside a transaction
};

enum class IndexAction { create, drop, reindex };

// A concurrent index operation: what must be looked at after a crash. A REINDEX without index and
// table is of the whole schema, and without a schema of the whole database.
struct ConcurrentIndex {
    IndexAction action{};
    std::string schema;  // empty: by the search path
    std::string index;   // empty: the server chooses the name
    std::string table;   // of CREATE INDEX and REINDEX TABLE
    bool if_exists{};    // IF NOT EXISTS of a create, IF EXISTS of a drop
    bool operator==(const ConcurrentIndex&) const = default;
};

struct Statement {
    std::uint64_t begin{};
    std::uint64_t end{};
    std::uint32_t line{};
    std::size_t depth_bound{};  // of the parse tree: migrations/sql/split.hpp
    std::string kind;           // parse node in kebab case: "create-index"; "unparsed"
    Control control{};
    // A BEGIN that the file never commits, since its tool's own COMMIT does: it goes to the end.
    bool is_left_open{};
    bool needs_no_transaction{};  // cannot run in a transaction block
    bool discards_all{};          // DISCARD ALL
    bool only_defines{};          // and runs nobody's code: migrations/sql/definition.hpp
    bool session_setting{};       // SET, RESET, not SET LOCAL: replayed before a resumed attempt
    bool copies_from_stdin{};
    Boxed<ConcurrentIndex> concurrent_index;
    std::vector<std::string> survivors;  // calls that outlive a rollback: "setval", "dblink_exec"
    bool operator==(const Statement&) const = default;
};

}  // namespace migrations
