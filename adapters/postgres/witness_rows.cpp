#include "adapters/postgres/witness_rows.hpp"

#include "adapters/postgres/number_text.hpp"

#include <charconv>
#include <utility>

namespace adapters::postgres {

using commands::HeldCheckpoint;

namespace {

constexpr std::size_t hidden_column = 4;

}  // namespace

std::string hides_rows_of(int parameter) {
    return "pg_catalog.row_security_active(pg_catalog.to_regclass($" + std::to_string(parameter) +
           ")::pg_catalog.oid)";
}

// A row comes also where there is none, with what hides them. Limited before it is joined: then the
// largest are taken from the end of the index.
Command select_held(const std::string& marker_schema, const ledger::Uuid& ledger,
                    std::optional<std::uint32_t> newest) {
    const std::string table = quoted_identifier(marker_schema) + ".checkpoint";
    const std::string order = std::string{" ORDER BY size"} + (newest ? " DESC" : "");
    const std::string limit = newest ? " LIMIT " + std::to_string(*newest) : "";
    return {
        "SELECT c.size, pg_catalog.encode(c.root, 'hex'), pg_catalog.encode(c.note, 'hex'),"
        " pg_catalog.round(extract(epoch FROM c.seen_at)::numeric"
        " OPERATOR(pg_catalog.*) 1000000)::bigint, h.hides FROM (SELECT " +
            hides_rows_of(2) + " AS hides) h LEFT JOIN (SELECT size, root, note, seen_at FROM " +
            table + " WHERE ledger OPERATOR(pg_catalog.=) $1::pg_catalog.uuid" + order + limit +
            ") c ON true" + order,
        {to_text(ledger), table}};
}

std::string checkpoint_table_sql(const std::string& marker_schema) {
    return "CREATE TABLE IF NOT EXISTS " + quoted_identifier(marker_schema) +
           ".checkpoint (ledger uuid NOT NULL, size bigint NOT NULL, root bytea NOT NULL,"
           " note bytea NOT NULL, seen_at timestamp with time zone NOT NULL,"
           " PRIMARY KEY (ledger, size)); ";
}

tl::expected<void, ServerError> make_checkpoint_table(Connection& connection,
                                                      const std::string& marker_schema,
                                                      InSchema schema) {
    auto made = connection.run(
        "BEGIN; SET LOCAL search_path = pg_catalog, pg_temp;"
        " SET LOCAL client_min_messages = warning; " +
        (schema == InSchema::made
             ? "CREATE SCHEMA IF NOT EXISTS " + quoted_identifier(marker_schema) + "; "
             : "") +
        checkpoint_table_sql(marker_schema) + "COMMIT");
    if (!made) static_cast<void>(connection.query({"ROLLBACK", {}}));
    return made;
}

HeldRows held_rows(Rows answer) {
    HeldRows held;
    for (Values& row : answer.values) {
        held.may_be_hidden = row.at(hidden_column) == "t";
        if (row[0] || row[1] || row[2] || row[3]) held.rows.push_back(std::move(row));
    }
    return held;
}

std::string hidden_detail(const std::string& table) {
    return "row security is on for " + table + ", and may hide checkpoints from this role";
}

std::string hidden_help(const std::string& table) {
    return "ALTER TABLE " + table +
           " NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY; or connect as a role with "
           "BYPASSRLS";
}

std::optional<HeldCheckpoint> held_of(const Values& row) {
    HeldCheckpoint held;
    const auto root = ledger::digest_from_hex(row[1].value_or(""));
    if (!root || !read_number(row[0], held.size)) return std::nullopt;
    held.root = *root;
    const std::string digits = row[2].value_or("");
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
        unsigned byte = 0;
        std::from_chars(digits.data() + at, digits.data() + at + 2, byte, 16);
        held.note += static_cast<char>(byte);
    }
    std::int64_t seen_at_us{};
    if (read_number(row[3], seen_at_us)) held.seen_at_us = seen_at_us;
    return held;
}

}  // namespace adapters::postgres
