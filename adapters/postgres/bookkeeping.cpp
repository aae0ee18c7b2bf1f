#include "adapters/postgres/bookkeeping.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "adapters/postgres/named_relations.hpp"
#include "adapters/postgres/sessions.hpp"
#include "ledger/clean.hpp"

#include <map>
#include <utility>

namespace adapters::postgres {

using ledger::Result;
using migrations::bookkeeping::qualified;
using migrations::bookkeeping::Table;
using migrations::bookkeeping::TableShape;

namespace {

constexpr std::size_t value_bytes_max = 4'000;
constexpr std::size_t document_bytes_max = 4'000'000;  // Hasura keeps a whole history in one

// Whoever asks, from wherever (PGTZ, a role's setting), is told the same of the same rows. A server
// is set up with one zone for its sessions and its log, and nobody changes the log's on his way.
constexpr const char* own_zone =
    "SELECT set_config('TimeZone', coalesce((SELECT substr(said, 10) FROM"
    " pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) said"
    " WHERE d.datname = current_database() AND s.setrole = 0 AND said ILIKE 'timezone=%' LIMIT 1),"
    " current_setting('log_timezone')), false)";

// How a value of that type becomes the text that TableShape's readers expect. A timestamp without
// a zone is one of the database's (own_zone), as whoever wrote it meant it. Infinity is no instant.
std::string as_text(const std::string& column, const std::string& type) {
    if (type.starts_with("timestamp") || type == "date")
        return "CASE WHEN pg_catalog.isfinite(" + column +
               ") THEN pg_catalog.round(extract(epoch FROM " + column +
               "::timestamp with time zone)::numeric * 1000000)::bigint::text END";
    if (type == "bytea") return "pg_catalog.encode(" + column + ", 'hex')";
    return column + "::text";
}

Result<std::map<std::string, std::string>> types_of(Connection& connection,
                                                    const TableShape& shape) {
    const auto found = connection.query(
        {"SELECT a.attname, pg_catalog.format_type(a.atttypid, NULL)"
         " FROM pg_catalog.pg_attribute a"
         " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
         " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
         " WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped",
         {shape.schema, shape.name}});
    if (!found) return ledger::fail(to_error(found.error(), "looking at " + qualified(shape)));
    std::map<std::string, std::string> types;
    for (const Values& row : found->values) types[text_of(row[0])] = text_of(row[1]);
    return types;
}

class Tables final : public commands::Bookkeeping {
public:
    explicit Tables(std::unique_ptr<Connection> connection) : connection_{std::move(connection)} {}

    Result<std::vector<TableShape>> tables_named(const std::vector<std::string>& names) override {
        return with_catalog_path(*connection_, [&] { return find_tables(names); });
    }
    Result<Table> read_table(const TableShape& shape) override {
        return with_catalog_path(*connection_, [&] { return read_rows(shape); });
    }
    Result<std::string> current_schema() override;

private:
    Result<std::vector<TableShape>> find_tables(const std::vector<std::string>& names);
    Result<Table> read_rows(const TableShape& shape);

    std::unique_ptr<Connection> connection_;
};

Result<std::vector<TableShape>> Tables::find_tables(const std::vector<std::string>& names) {
    const auto found = connection_->query(
        {"SELECT n.nspname, c.relname, a.attname"
         " FROM pg_catalog.pg_class c"
         " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
         " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
         " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped"
         " AND c.relname = ANY ($1::text[])"
         " AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
         " ORDER BY 1, 2, a.attnum",
         {array_of(names)}});
    if (!found) return ledger::fail(to_error(found.error(), "looking for other tools' tables"));
    std::vector<TableShape> shapes;
    for (const Values& row : found->values) {
        const std::string& schema = text_of(row[0]);
        const std::string& name = text_of(row[1]);
        if (shapes.empty() || shapes.back().schema != schema || shapes.back().name != name)
            shapes.push_back({schema, name, {}});
        shapes.back().columns.push_back(text_of(row[2]));
    }
    return shapes;
}

Result<Table> Tables::read_rows(const TableShape& shape) {
    const auto types = types_of(*connection_, shape);
    if (!types) return ledger::fail(types.error());
    std::string columns;
    std::vector<std::size_t> bytes_max;
    for (const std::string& column : shape.columns) {
        const auto type = types->find(column);
        const std::string named = type == types->end() ? "" : type->second;
        bytes_max.push_back(named.starts_with("json") ? document_bytes_max : value_bytes_max);
        columns += (columns.empty() ? "" : ", ") + as_text(quoted_identifier(column), named);
    }
    const auto answer =
        connection_->query({"SELECT " + columns + " FROM " + quoted_identifier(shape.schema) + "." +
                                quoted_identifier(shape.name),
                            {}});
    if (!answer) return ledger::fail(to_error(answer.error(), "reading " + qualified(shape)));
    Table table{shape, {}};
    for (const Values& row : answer->values) {
        auto& cells = table.rows.emplace_back();
        for (const auto& value : row)
            cells.push_back(value ? std::optional{ledger::clean(*value, bytes_max[cells.size()])}
                                  : std::nullopt);
    }
    return table;
}

Result<std::string> Tables::current_schema() {
    const auto found =
        connection_->query({"SELECT coalesce(pg_catalog.current_schema()::text, '')", {}});
    if (!found)
        return ledger::fail(to_error(found.error(), "looking where names without a schema lead"));
    return text_of(found->first()[0]);
}

}  // namespace

Result<std::unique_ptr<commands::Bookkeeping>> open_bookkeeping(
    const commands::SessionSettings& settings) {
    auto string = parse_connection_string(settings.url);
    if (!string) return ledger::fail(string.error());
    Sessions sessions{*std::move(string), settings};
    TimedFacts facts;
    auto opened = sessions.open_first(facts);
    if (!opened) return ledger::fail(opened.error());
    // Rows that a policy hides would read as migrations that were never applied: an error instead.
    for (const char* setting : {"SET default_transaction_read_only = on", "SET row_security = off"})
        if (const auto set = opened->connection->query({setting, {}}); !set)
            return ledger::fail(to_error(set.error(), "making a session that only reads"));
    Connection& connection = *opened->connection;
    const auto zone = with_catalog_path(connection, [&]() -> Result<void> {
        const auto set = connection.query({own_zone, {}});
        if (!set) return ledger::fail(to_error(set.error(), "setting the database's time zone"));
        return {};
    });
    if (!zone) return ledger::fail(zone.error());
    return std::make_unique<Tables>(std::move(opened->connection));
}

}  // namespace adapters::postgres
