#include "adapters/postgres/catalog_verdict.hpp"

#include "adapters/postgres/attempt.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::CatalogVerdict;
using ledger::Result;
using migrations::CatalogQuestion;
using migrations::QualifiedName;
using Kind = CatalogQuestion::Kind;

constexpr int first_version_with_detach_concurrently = 140000;

CatalogVerdict happened_where(bool is_so) {
    return is_so ? CatalogVerdict::happened : CatalogVerdict::did_not_happen;
}

std::string quoted(const QualifiedName& name) { return qualified(name.schema, name.name); }

Result<bool> has_rows(Connection& connection, const Command& command) {
    const auto rows = connection.query(command);
    if (!rows) return ledger::fail(to_error(rows.error(), "asking the catalog"));
    return !rows->values.empty();
}

Result<CatalogVerdict> verdict_where(const Result<bool>& found, bool wanted) {
    if (!found) return ledger::fail(found.error());
    return happened_where(*found == wanted);
}

// The transaction that wrote the attempt's marker last; nothing where there is none.
Result<std::optional<std::string>> marker_transaction(Connection& connection,
                                                      const MarkerTable& markers,
                                                      const commands::BeforeStatement& before) {
    if (!before.attempt) return std::optional<std::string>{};
    const auto rows = connection.query(markers.select_transaction(*before.attempt));
    if (!rows) return ledger::fail(to_error(rows.error(), "reading an attempt's marker"));
    if (rows->values.empty()) return std::optional<std::string>{};
    return rows->values.front().at(0);
}

// With a condition that the row which `xmin` is of is younger than the marker.
Command younger(Command command, const std::string& xmin,
                const std::optional<std::string>& marker) {
    if (!marker) return command;
    command.parameters.push_back(*marker);
    command.sql += " AND pg_catalog.age(" + xmin + ") OPERATOR(pg_catalog.<) pg_catalog.age($" +
                   std::to_string(command.parameters.size()) + "::pg_catalog.xid)";
    return command;
}

Command database(const std::string& name) {
    return {
        "SELECT FROM pg_catalog.pg_database"
        " WHERE datname OPERATOR(pg_catalog.=) $1"
        " AND datconnlimit OPERATOR(pg_catalog.<>) '-2'",  // half dropped
        {name}};
}

Command tablespace(const std::string& name) {
    return {"SELECT FROM pg_catalog.pg_tablespace WHERE spcname OPERATOR(pg_catalog.=) $1", {name}};
}

constexpr const char* subscription =
    "SELECT FROM pg_catalog.pg_subscription WHERE subname OPERATOR(pg_catalog.=) $1"
    " AND subdbid OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_database"
    " WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database())";

Result<bool> has_subscription(Connection& connection, const std::string& name) {
    return has_rows(connection, {subscription, {name}});
}

// One ALTER SUBSCRIPTION adds or drops all of them, or none.
Result<CatalogVerdict> publications_verdict(Connection& connection,
                                            const CatalogQuestion& question) {
    const bool wanted = question.kind == Kind::publications_are_added;
    for (const auto& name : question.names) {
        const auto found = has_rows(
            connection,
            {std::string{subscription} + " AND $2 OPERATOR(pg_catalog.=) ANY (subpublications)",
             {question.object.name, name}});
        if (!found) return ledger::fail(found.error());
        if (*found != wanted) return CatalogVerdict::did_not_happen;
    }
    return CatalogVerdict::happened;
}

Result<CatalogVerdict> partition_verdict(Connection& connection, const CatalogQuestion& question) {
    if (connection.server_version() < first_version_with_detach_concurrently)
        return CatalogVerdict::did_not_happen;
    return verdict_where(has_rows(connection, attachment_of(question)), false);
}

// Its columns are written once, when it is made: the other rows about it are changed now and then.
Command built_columns(const migrations::ConcurrentIndex& index) {
    return {
        "SELECT FROM pg_catalog.pg_attribute a"
        " JOIN pg_catalog.pg_index i ON i.indexrelid OPERATOR(pg_catalog.=) a.attrelid"
        " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid"
        " WHERE i.indrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"
        " AND c.relname OPERATOR(pg_catalog.=) $2 AND a.attnum OPERATOR(pg_catalog.=) 1",
        {quoted({index.schema, index.table}), index.index}};
}

// A name without a schema finds the next index of that name, once the first one is dropped.
Result<CatalogVerdict> dropped_verdict(Connection& connection,
                                       const migrations::ConcurrentIndex& index, IndexState state,
                                       const std::vector<std::string>& invalid_before) {
    if (state == IndexState::absent) return CatalogVerdict::happened;
    if (!index.schema.empty()) return CatalogVerdict::did_not_happen;
    const auto found = connection.query(
        {"SELECT n.nspname OPERATOR(pg_catalog.=) (pg_catalog.current_schemas(false))[1],"
         " pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c"
         " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
         " WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)",
         {quoted({"", index.index})}});
    if (!found) return ledger::fail(to_error(found.error(), "asking the catalog"));
    if (found->values.empty()) return CatalogVerdict::cannot_tell;
    const auto& row = found->values.front();
    const bool is_half_dropped =
        state == IndexState::invalid && std::find(invalid_before.begin(), invalid_before.end(),
                                                  text_of(row[1])) == invalid_before.end();
    return row[0] == "t" || is_half_dropped ? CatalogVerdict::did_not_happen
                                            : CatalogVerdict::cannot_tell;
}

Result<CatalogVerdict> index_verdict(Connection& connection, const CatalogQuestion& question,
                                     const migrations::ConcurrentIndex& index,
                                     const std::vector<std::string>& invalid_before,
                                     const std::optional<std::string>& marker) {
    const Ask ask = [&](const Command& command) { return connection.query(command); };
    if (question.kind == Kind::unnamed_index_is_invalid) {
        const auto found = leftovers(ask, index, invalid_before);
        if (!found) return ledger::fail(found.error());
        return found->empty() ? CatalogVerdict::cannot_tell : CatalogVerdict::did_not_happen;
    }
    const auto state = state_of(ask, index);
    if (!state) return ledger::fail(state.error());
    if (question.kind == Kind::index_is_gone)
        return dropped_verdict(connection, index, *state, invalid_before);
    if (*state != IndexState::valid) return CatalogVerdict::did_not_happen;
    return verdict_where(has_rows(connection, younger(built_columns(index), "a.xmin", marker)),
                         true);
}

}  // namespace

Result<void> set_up(Connection& connection, const migrations::Script& script,
                    std::uint32_t statement_index) {
    Dialogue dialogue{connection};
    if (const auto failure = replay_settings(dialogue, script, statement_index))
        return ledger::fail(ledger::Code::refused, "server-error",
                            script.path + ": " + failure->message);
    return {};
}

Result<CatalogVerdict> verdict_of(Connection& connection, const MarkerTable& markers,
                                  const migrations::Script& script, std::uint32_t statement_index,
                                  const commands::BeforeStatement& before) {
    const auto marker = marker_transaction(connection, markers, before);
    if (!marker) return ledger::fail(marker.error());
    if (const auto ready = set_up(connection, script, statement_index); !ready)
        return ledger::fail(ready.error());
    const auto question = migrations::question_about(script, statement_index);
    const auto& name = question.object.name;
    switch (question.kind) {
        case Kind::none:
        case Kind::repeatable:
            return CatalogVerdict::did_not_happen;
        case Kind::index_is_valid:
        case Kind::index_is_gone:
        case Kind::unnamed_index_is_invalid:
            return index_verdict(connection, question,
                                 *script.statements[statement_index].concurrent_index,
                                 before.invalid_indexes, *marker);
        case Kind::database_is_there:
            return verdict_where(has_rows(connection, younger(database(name), "xmin", *marker)),
                                 true);
        case Kind::database_is_gone:
            return verdict_where(has_rows(connection, database(name)), false);
        case Kind::tablespace_is_there:
            return verdict_where(has_rows(connection, younger(tablespace(name), "xmin", *marker)),
                                 true);
        case Kind::tablespace_is_gone:
            return verdict_where(has_rows(connection, tablespace(name)), false);
        case Kind::subscription_is_there:
        case Kind::subscription_is_gone:
            return verdict_where(has_subscription(connection, name),
                                 question.kind == Kind::subscription_is_there);
        case Kind::publications_are_added:
        case Kind::publications_are_gone:
            return publications_verdict(connection, question);
        case Kind::partition_is_detached:
            return partition_verdict(connection, question);
        case Kind::nobody_knows:
            break;
    }
    return CatalogVerdict::cannot_tell;
}

Command attachment_of(const CatalogQuestion& question) {
    return {
        "SELECT FROM pg_catalog.pg_inherits"
        " WHERE inhrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"
        " AND inhparent OPERATOR(pg_catalog.=) pg_catalog.to_regclass($2)",
        {quoted(question.object), quoted(question.parent)}};
}

Result<std::string> finalizing(const Ask& ask, const CatalogQuestion& question,
                               int server_version) {
    if (question.kind != Kind::partition_is_detached ||
        server_version < first_version_with_detach_concurrently)
        return std::string{};
    const auto rows =
        ask({"SELECT FROM pg_catalog.pg_inherits WHERE inhdetachpending"
             " AND inhrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"
             " AND inhparent OPERATOR(pg_catalog.=) pg_catalog.to_regclass($2)",
             {quoted(question.object), quoted(question.parent)}});
    if (!rows) return ledger::fail(to_error(rows.error(), "looking for a half-detached partition"));
    if (rows->values.empty()) return std::string{};
    return "ALTER TABLE " + quoted(question.parent) + " DETACH PARTITION " +
           quoted(question.object) + " FINALIZE";
}

}  // namespace adapters::postgres
