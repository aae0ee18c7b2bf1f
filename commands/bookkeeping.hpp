// commands/bookkeeping.hpp: the tables that other migration tools have left on a target.
//
// Bookkeeping  one session of its own that only reads.
#pragma once

#include "ledger/result.hpp"
#include "migrations/bookkeeping/table.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace commands {

class Bookkeeping {
public:
    virtual ~Bookkeeping() = default;

    // Tables of these names in any schema but the server's own, with all of their columns.
    virtual ledger::Result<std::vector<migrations::bookkeeping::TableShape>> tables_named(
        const std::vector<std::string>& names) = 0;

    // Every row of such a table, with those of its columns that `shape` has.
    virtual ledger::Result<migrations::bookkeeping::Table> read_table(
        const migrations::bookkeeping::TableShape& shape) = 0;

    // Where a script makes what it names without a schema; "" where nowhere.
    virtual ledger::Result<std::string> current_schema() = 0;
};

using OpenBookkeeping = std::function<ledger::Result<std::unique_ptr<Bookkeeping>>()>;

}  // namespace commands
