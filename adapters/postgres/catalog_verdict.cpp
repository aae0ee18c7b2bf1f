#include "adapters/postgres/catalog_verdict.hpp"

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

std::string quoted(const QualifiedName& name) {
    return (name.schema.empty() ? "" : quoted_identifier(name.schema) + ".") +
           quoted_identifier(name.name);
}

Result<bool> has_rows(Connection& connection, const Command& command) {
    const auto rows = connection.query(command);
    if (!rows) return ledger::fail(to_error(rows.error(), "asking the catalog"));
    return !rows->values.empty();
}

Result<CatalogVerdict> verdict_where(const Result<bool>& found, bool wanted) {
    if (!found) return ledger::fail(found.error());
    return happened_where(*found == wanted);
}

Result<bool> has_database(Connection& connection, const std::string& name) {
    return has_rows(connection, {"SELECT FROM pg_catalog.pg_database"
                                 " WHERE datname = $1 AND datconnlimit <> -2",  // half dropped
                                 {name}});
}

Result<bool> has_tablespace(Connection& connection, const std::string& name) {
    return has_rows(connection,
                    {"SELECT FROM pg_catalog.pg_tablespace WHERE spcname = $1", {name}});
}

constexpr const char* subscription =
    "SELECT FROM pg_catalog.pg_subscription WHERE subname = $1 AND subdbid ="
    " (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())";

Result<bool> has_subscription(Connection& connection, const std::string& name) {
    return has_rows(connection, {subscription, {name}});
}

// One ALTER SUBSCRIPTION adds or drops all of them, or none.
Result<CatalogVerdict> publications_verdict(Connection& connection,
                                            const CatalogQuestion& question) {
    const bool wanted = question.kind == Kind::publications_are_added;
    for (const auto& name : question.names) {
        const auto found =
            has_rows(connection, {std::string{subscription} + " AND $2 = ANY (subpublications)",
                                  {question.object.name, name}});
        if (!found) return ledger::fail(found.error());
        if (*found != wanted) return CatalogVerdict::did_not_happen;
    }
    return CatalogVerdict::happened;
}

Result<CatalogVerdict> partition_verdict(Connection& connection, const CatalogQuestion& question) {
    if (connection.server_version() < first_version_with_detach_concurrently)
        return CatalogVerdict::did_not_happen;
    return verdict_where(has_rows(connection, {"SELECT FROM pg_catalog.pg_inherits"
                                               " WHERE inhrelid = pg_catalog.to_regclass($1)"
                                               " AND inhparent = pg_catalog.to_regclass($2)",
                                               {quoted(question.object), quoted(question.parent)}}),
                         false);
}

Result<CatalogVerdict> index_verdict(const Ask& ask, const CatalogQuestion& question,
                                     const migrations::ConcurrentIndex& index,
                                     const std::vector<std::string>& indexes_before) {
    if (question.kind == Kind::unnamed_index_is_invalid) {
        const auto found = leftovers(ask, index, indexes_before);
        if (!found) return ledger::fail(found.error());
        return found->empty() ? CatalogVerdict::cannot_tell : CatalogVerdict::did_not_happen;
    }
    const auto state = state_of(ask, index);
    if (!state) return ledger::fail(state.error());
    const auto wanted =
        question.kind == Kind::index_is_valid ? IndexState::valid : IndexState::absent;
    return happened_where(*state == wanted);
}

}  // namespace

Result<CatalogVerdict> verdict_of(Connection& connection, const migrations::Script& script,
                                  std::uint32_t statement_index,
                                  const std::vector<std::string>& indexes_before) {
    const auto question = migrations::question_about(script, statement_index);
    const auto ask = [&](const Command& command) { return connection.query(command); };
    const auto& name = question.object.name;
    switch (question.kind) {
        case Kind::none:
        case Kind::repeatable:
            return CatalogVerdict::did_not_happen;
        case Kind::index_is_valid:
        case Kind::index_is_gone:
        case Kind::unnamed_index_is_invalid:
            return index_verdict(ask, question,
                                 *script.statements[statement_index].concurrent_index,
                                 indexes_before);
        case Kind::database_is_there:
        case Kind::database_is_gone:
            return verdict_where(has_database(connection, name),
                                 question.kind == Kind::database_is_there);
        case Kind::tablespace_is_there:
        case Kind::tablespace_is_gone:
            return verdict_where(has_tablespace(connection, name),
                                 question.kind == Kind::tablespace_is_there);
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

Result<std::string> finalizing(const Ask& ask, const CatalogQuestion& question,
                               int server_version) {
    if (question.kind != Kind::partition_is_detached ||
        server_version < first_version_with_detach_concurrently)
        return std::string{};
    const auto rows =
        ask({"SELECT FROM pg_catalog.pg_inherits WHERE inhdetachpending"
             " AND inhrelid = pg_catalog.to_regclass($1)"
             " AND inhparent = pg_catalog.to_regclass($2)",
             {quoted(question.object), quoted(question.parent)}});
    if (!rows) return ledger::fail(to_error(rows.error(), "looking for a half-detached partition"));
    if (rows->values.empty()) return std::string{};
    return "ALTER TABLE " + quoted(question.parent) + " DETACH PARTITION " +
           quoted(question.object) + " FINALIZE";
}

}  // namespace adapters::postgres
