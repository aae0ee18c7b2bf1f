#include "adapters/postgres/begun_work.hpp"

#include "adapters/postgres/catalog_verdict.hpp"
#include "migrations/catalog_question.hpp"

#include <algorithm>

namespace adapters::postgres {

namespace {

using ledger::Result;
using migrations::CatalogQuestion;
using migrations::ConcurrentIndex;
using Texts = std::vector<std::string>;
using Kind = CatalogQuestion::Kind;

std::string name_of(const ConcurrentIndex& index) { return qualified(index.schema, index.index); }

Result<bool> finds_row(const Ask& ask, const Command& command) {
    const auto rows = ask(command);
    if (!rows) return ledger::fail(to_error(rows.error(), "looking for what is half done"));
    return !rows->values.empty();
}

Result<Texts> dropped_index(const Ask& ask, const ConcurrentIndex& index,
                            const Texts& indexes_before) {
    const auto rows =
        ask({"SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i"
             " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid"
             " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
             " WHERE NOT i.indisvalid AND c.relkind OPERATOR(pg_catalog.=) 'i'"
             " AND i.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)",
             {name_of(index)}});
    if (!rows) return ledger::fail(to_error(rows.error(), "looking for a half-dropped index"));
    if (rows->values.empty()) return Texts{};
    const auto& name = text_of(rows->values.front().at(0));
    if (std::find(indexes_before.begin(), indexes_before.end(), name) != indexes_before.end())
        return Texts{};
    return Texts{"the index " + name + " is dropped by half, and no query uses it"};
}

Result<Texts> dropped_database(const Ask& ask, const std::string& name) {
    const auto found = finds_row(ask, {"SELECT FROM pg_catalog.pg_database"
                                       " WHERE datname OPERATOR(pg_catalog.=) $1"
                                       " AND datconnlimit OPERATOR(pg_catalog.=) '-2'",
                                       {name}});
    if (!found) return ledger::fail(found.error());
    if (!*found) return Texts{};
    return Texts{"the database " + quoted_identifier(name) +
                 " is dropped by half, and takes no connection"};
}

Result<Texts> detached_partition(const Ask& ask, const CatalogQuestion& question,
                                 int server_version) {
    const auto rest = finalizing(ask, question, server_version);
    if (!rest) return ledger::fail(rest.error());
    if (rest->empty()) return Texts{};
    return Texts{"the partition " + quoted_identifier(question.object.name) +
                 " is detached by half: its rows are not in " +
                 quoted_identifier(question.parent.name) + " any more"};
}

Result<Texts> built_indexes(const Ask& ask, const ConcurrentIndex& index,
                            const Texts& indexes_before) {
    const auto names = leftovers(ask, index, indexes_before);
    if (!names) return ledger::fail(names.error());
    Texts texts;
    for (const auto& name : *names) texts.push_back("the index " + name + " is built by half");
    return texts;
}

// Each finds a row where the statement's work is not over, or may not be.

Command left_of_index(const ConcurrentIndex& index, const Texts& indexes_before) {
    Command command{
        "SELECT FROM pg_catalog.pg_index i"
        " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid"
        " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
        " WHERE i.indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"
        " OR (NOT i.indisvalid AND c.relkind OPERATOR(pg_catalog.=) 'i'",
        {name_of(index)}};
    for (const auto& before : indexes_before) {
        command.parameters.push_back(before);
        command.sql +=
            " AND pg_catalog.format('%I.%I', n.nspname, c.relname) OPERATOR(pg_catalog.<>) $" +
            std::to_string(command.parameters.size());
    }
    command.sql += ")";
    return command;
}

Command left_of_database(const std::string& name) {
    return {
        "SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) $1"
        " OR datconnlimit OPERATOR(pg_catalog.=) '-2'",
        {name}};
}

Command left_of_partition(const CatalogQuestion& question) {
    Command command = attachment_of(question);
    command.sql +=
        " UNION ALL SELECT FROM pg_catalog.pg_inherits WHERE inhdetachpending"
        " UNION ALL SELECT WHERE pg_catalog.to_regclass($2) IS NULL";
    return command;
}

}  // namespace

Result<Texts> begun_work(const Ask& ask, const migrations::Script& script,
                         std::uint32_t statement_index, ledger::Direction direction,
                         const Texts& indexes_before, int server_version) {
    const auto question = migrations::question_about(script, statement_index);
    if (question.kind == Kind::database_is_gone) return dropped_database(ask, question.object.name);
    if (question.kind == Kind::partition_is_detached)
        return detached_partition(ask, question, server_version);
    const auto& index = script.statements[statement_index].concurrent_index;
    if (!index) return Texts{};
    if (index->action == migrations::IndexAction::drop)
        return dropped_index(ask, *index, indexes_before);
    return direction == ledger::Direction::down ? built_indexes(ask, *index, indexes_before)
                                                : Texts{};
}

Result<bool> is_over(const Ask& ask, const migrations::Script& script,
                     std::uint32_t statement_index, const Texts& indexes_before) {
    const auto question = migrations::question_about(script, statement_index);
    const auto& index = script.statements[statement_index].concurrent_index;
    Command left;
    if (question.kind == Kind::index_is_gone && index)
        left = left_of_index(*index, indexes_before);
    else if (question.kind == Kind::database_is_gone)
        left = left_of_database(question.object.name);
    else if (question.kind == Kind::partition_is_detached)
        left = left_of_partition(question);
    else
        return false;
    const auto found = finds_row(ask, left);
    if (!found) return found;
    return !*found;
}

Result<bool> is_whole(const Ask& ask, const migrations::Script& script,
                      std::uint32_t statement_index) {
    const auto question = migrations::question_about(script, statement_index);
    const auto& index = script.statements[statement_index].concurrent_index;
    Command whole;
    if (question.kind == Kind::database_is_gone)
        whole = {"SELECT FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) $1",
                 {question.object.name}};
    else if (question.kind == Kind::partition_is_detached)
        whole = attachment_of(question);
    else if (question.kind == Kind::index_is_gone && index)
        whole = {
            "SELECT FROM pg_catalog.pg_index WHERE indisvalid"
            " AND indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)",
            {name_of(*index)}};
    else
        return true;
    return finds_row(ask, whole);
}

Result<Texts> begun_work(Connection& connection, const migrations::Script& script,
                         std::uint32_t statement_index, ledger::Direction direction,
                         const commands::BeforeStatement& before) {
    if (const auto ready = set_up(connection, script, statement_index); !ready)
        return ledger::fail(ready.error());
    return begun_work([&](const Command& command) { return connection.query(command); }, script,
                      statement_index, direction, before.invalid_indexes,
                      connection.server_version());
}

}  // namespace adapters::postgres
