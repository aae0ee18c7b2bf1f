// What the marker table looks like, and how it is made.
#include "adapters/postgres/failing_code.hpp"
#include "adapters/postgres/marker_table.hpp"
#include "adapters/postgres/number_text.hpp"
#include "adapters/postgres/witness_rows.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr int creation_tries_max = 5;

struct Column {
    const char* name;
    const char* type;
    const char* rest;
};
constexpr std::array<Column, 16> columns{{
    {"attempt_id", "uuid", " PRIMARY KEY"},
    {"version", "text", " NOT NULL"},
    {"name", "text", " NOT NULL"},
    {"direction", "text", " NOT NULL CHECK (direction IN ('up', 'down'))"},
    {"digest", "bytea", " NOT NULL"},
    {"target", "text", " NOT NULL"},
    {"system_identifier", "text", " NOT NULL"},
    {"database_oid", "oid", " NOT NULL"},
    {"ledger_id", "uuid", " NOT NULL"},
    {"ledger_size", "bigint", " NOT NULL"},
    {"ledger_root", "bytea", " NOT NULL"},
    {"statements_done", "integer", " NOT NULL"},
    {"statements_total", "integer", " NOT NULL"},
    {"applied_by", "text", " NOT NULL"},
    {"applied_at", "timestamp with time zone", " NOT NULL"},
    {"duration_ms", "bigint", " NOT NULL"},
}};

// Nothing, or what the role lacks to write the table; or, where there is none, to make it.
constexpr const char* lacking =
    "pg_catalog.concat_ws(', ',"
    " CASE WHEN NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE') THEN 'USAGE on the schema' END,"
    " CASE WHEN c.oid IS NULL AND NOT pg_catalog.has_schema_privilege(n.oid, 'CREATE')"
    " THEN 'CREATE on the schema' END,"
    " CASE WHEN NOT pg_catalog.has_table_privilege(c.oid, 'SELECT') THEN 'SELECT' END,"
    " CASE WHEN NOT pg_catalog.has_table_privilege(c.oid, 'INSERT') THEN 'INSERT' END)";
constexpr std::size_t lacking_column = 4;
constexpr std::size_t hiding_column = 5;

bool lost_a_race(const ServerError& error) {
    return error.sqlstate == "23505" || error.sqlstate == "42P06" || error.sqlstate == "42P07" ||
           error.sqlstate == "42710" || error.sqlstate == "XX000";
}

}  // namespace

ledger::Result<MarkerTable::Shape> MarkerTable::look(Connection& connection) {
    const auto found = connection.query(
        // Unquoted, also where the session has quote_all_identifiers; and without its schema, also
        // where the search path finds another type of that name before the server's own.
        {"SELECT c.relkind, a.attname, CASE WHEN a.atttypid OPERATOR(pg_catalog.<) '16384'"
         " THEN pg_catalog.replace(pg_catalog.replace("
         "pg_catalog.format_type(a.atttypid, a.atttypmod), '\"', ''), 'pg_catalog.', '')"
         " ELSE pg_catalog.concat('a user''s ', pg_catalog.format_type(a.atttypid, NULL)) END,"
         " c.oid, " +
             std::string{lacking} +
             ", pg_catalog.row_security_active(c.oid)"
             " FROM pg_catalog.pg_namespace n"
             " LEFT JOIN pg_catalog.pg_class c ON c.relnamespace OPERATOR(pg_catalog.=) n.oid"
             " AND c.relname OPERATOR(pg_catalog.=) $2"
             " LEFT JOIN pg_catalog.pg_attribute a"
             " ON a.attrelid OPERATOR(pg_catalog.=) c.oid"
             " AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped"
             " WHERE n.nspname OPERATOR(pg_catalog.=) $1",
         {schema_, table_name}});
    if (!found) return ledger::fail(to_error(found.error(), "looking for the marker table"));
    lacks_.clear();
    is_hidden_ = false;
    if (found->values.empty()) return Shape::no_schema;
    lacks_ = found->values.front()[lacking_column].value_or("");
    if (!found->values.front()[0]) return Shape::no_table;
    is_hidden_ = found->values.front()[hiding_column] == "t";

    const auto foreign = [&](const std::string& what) {
        return ledger::fail(ledger::Code::refused, "marker-table-foreign",
                            table_ + " is not Varve's marker table: " + what,
                            "say another marker_schema in the configuration, or rename that table");
    };
    if (*found->values.front()[0] != "r" && *found->values.front()[0] != "p")
        return foreign("it is not a table");
    for (const auto& column : columns) {
        const auto match = std::find_if(found->values.begin(), found->values.end(),
                                        [&](const Values& row) { return row[1] == column.name; });
        if (match == found->values.end())
            return foreign("it has no column " + std::string{column.name});
        if ((*match)[2] != column.type)
            return foreign("its column " + std::string{column.name} + " is " +
                           (*match)[2].value_or("?") + ", not " + column.type);
    }
    static_cast<void>(read_number(found->values.front()[3], oid_));
    return Shape::ours;
}

// One round trip: what comes after a failure is not run.
tl::expected<void, ServerError> MarkerTable::create(Connection& connection, Shape shape,
                                                    const std::string& besides) const {
    std::string sql =
        "BEGIN; SET LOCAL search_path = pg_catalog, pg_temp;"
        " SET LOCAL client_min_messages = warning; " +
        durable_transaction().sql + "; ";
    if (shape == Shape::no_schema)
        sql += "CREATE SCHEMA IF NOT EXISTS " + quoted_identifier(schema_) + "; ";
    sql += "CREATE TABLE IF NOT EXISTS " + table_ + " (";
    for (const auto& column : columns)
        sql += std::string{&column == columns.data() ? "" : ", "} + column.name + " " +
               column.type + column.rest;
    auto created = connection.run(sql + "); " + besides + "COMMIT");
    if (!created) static_cast<void>(connection.query({"ROLLBACK", {}}));
    return created;
}

// The table of checkpoints with it, before any file has run: an event trigger that one of them
// makes might keep it out for good. It is a witness, and no run depends on it.
tl::expected<void, ServerError> MarkerTable::create_with_witness(Connection& connection,
                                                                 Shape shape) const {
    auto created = create(connection, shape, checkpoint_table_sql(schema_));
    if (created || created.error().connection_ended || lost_a_race(created.error())) return created;
    return create(connection, shape, "");
}

ledger::Result<void> MarkerTable::expect_ours(Connection& connection) {
    if (const auto shape = look(connection); !shape) return ledger::fail(shape.error());
    return {};
}

ledger::Result<void> MarkerTable::find(Connection& connection) {
    if (oid_ != 0) return {};
    return expect_ours(connection);
}

ledger::Result<void> MarkerTable::check_rights(Connection& connection, bool updates) {
    const auto shape = look(connection);
    if (!shape) return ledger::fail(shape.error());
    if (*shape == Shape::no_schema) {
        const auto may = connection.query(
            {"SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'CREATE')",
             {}});
        if (!may) return ledger::fail(to_error(may.error(), "looking for the marker table"));
        if (may->first().at(0) != "t") lacks_ = "CREATE on the database";
    }
    if (!lacks_.empty()) return ledger::fail(no_rights());
    if (is_hidden_) return ledger::fail(hidden());
    if (updates && *shape == Shape::ours) return check_updating(connection);
    return {};
}

// Only what is not one transaction needs it: whoever runs nothing of the kind can do without.
ledger::Result<void> MarkerTable::check_updating(Connection& connection) {
    const auto may =
        connection.query({"SELECT pg_catalog.has_table_privilege($1::pg_catalog.oid, 'UPDATE')"
                          " OR pg_catalog.has_any_column_privilege($1::pg_catalog.oid, 'UPDATE')",
                          {std::to_string(oid_)}});
    if (!may) return ledger::fail(to_error(may.error(), "looking for the marker table"));
    if (may->first().at(0) == "t") return {};
    lacks_ = "UPDATE, which a migration needs that is not one transaction";
    return ledger::fail(no_rights());
}

ledger::Error MarkerTable::no_rights() const {
    return {ledger::Code::refused, "permission-denied",
            "the role cannot write markers to " + table_ + ": it lacks " + lacks_,
            "grant it USAGE on schema " + quoted_identifier(schema_) +
                ", and SELECT, INSERT and UPDATE on what is in it; or connect as another role"};
}

ledger::Error MarkerTable::hidden() const {
    const std::string alter = "ALTER TABLE " + table_;
    return {ledger::Code::refused, "markers-hidden",
            "row security is on for " + table_ + ", and may hide markers from this role",
            alter +
                " DISABLE ROW LEVEL SECURITY; or connect as its owner, where the owner is not "
                "under it as well (" +
                alter +
                " NO FORCE ROW LEVEL SECURITY); where an event trigger turns it on for every new "
                "table, have it leave this one out"};
}

// What somebody makes meanwhile is not made again; what is there is looked at again.
void MarkerTable::look_ahead(Connection& connection) {
    if (const auto shape = look(connection); shape && *shape != Shape::ours) ahead_ = *shape;
}

ledger::Result<void> MarkerTable::prepare(Connection& connection) {
    for (int tries = 1;; ++tries) {
        const auto ahead = std::exchange(ahead_, std::nullopt);
        const auto shape = ahead ? ledger::Result<Shape>{*ahead} : look(connection);
        if (!shape) return ledger::fail(shape.error());
        if (*shape == Shape::ours && !lacks_.empty()) return ledger::fail(no_rights());
        if (*shape == Shape::ours && is_hidden_) return ledger::fail(hidden());
        if (*shape == Shape::ours) return {};
        const auto created = create_with_witness(connection, *shape);
        if (created || (lost_a_race(created.error()) && tries < creation_tries_max)) continue;
        auto error = to_error(created.error(), "creating the marker table " + table_);
        if (auto help = event_trigger_help(connection, created.error()))
            error.help += (error.help.empty() ? "" : "; ") + *help;
        return ledger::fail(std::move(error));
    }
}

}  // namespace adapters::postgres
