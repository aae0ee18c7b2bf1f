// adapters/postgres/witness_rows.hpp: the table of witness_table.hpp, and its rows as they are
// read.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/checkpoint_witness.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace adapters::postgres {

// The rows of a ledger: so many of the largest, largest first; or all, smallest first. Whether row
// security may hide some of them comes along.
[[nodiscard]] Command select_held(const std::string& marker_schema, const ledger::Uuid& ledger,
                                  std::optional<std::uint32_t> newest = {});

// Makes their table in that schema, and the schema where that is asked for; what fails leaves
// nothing.
enum class InSchema { there, made };
[[nodiscard]] tl::expected<void, ServerError> make_checkpoint_table(
    Connection& connection, const std::string& marker_schema, InSchema schema);

// The statement that makes it, for a transaction that makes more: names without a schema are to be
// the server's there.
[[nodiscard]] std::string checkpoint_table_sql(const std::string& marker_schema);

struct HeldRows {
    std::vector<Values> rows;
    bool may_be_hidden{};  // from this role: more may be there
};
[[nodiscard]] HeldRows held_rows(Rows answer);

// What hides rows of `table`, and what to do about it.
[[nodiscard]] std::string hidden_detail(const std::string& table);
[[nodiscard]] std::string hidden_help(const std::string& table);

// $`parameter`: the table's name.
[[nodiscard]] std::string hides_rows_of(int parameter);

// What one of them holds; nothing where Varve never wrote it.
[[nodiscard]] std::optional<commands::HeldCheckpoint> held_of(const Values& row);

}  // namespace adapters::postgres
