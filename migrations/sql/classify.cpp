#include "migrations/sql/classify.hpp"

#include "migrations/sql/definition.hpp"
#include "migrations/sql/tree_reading.hpp"

#include <cstring>
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string_view>

namespace migrations::sql {

namespace {

using Node = PgQuery__Node;

Control control_of(const PgQuery__TransactionStmt& transaction) {
    switch (static_cast<int>(transaction.kind)) {
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
            return Control::begin;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
            return transaction.chain ? Control::chain : Control::commit;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
            return transaction.chain ? Control::chain : Control::rollback;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE:
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED:
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED:
            return Control::prepare;
        default:
            return Control::savepoint;
    }
}

// What an option's value says: the parser takes a bare word such as `off` for the name of a type.
std::string_view word_of(const Node& value) {
    if (value.node_case == PG_QUERY__NODE__NODE_STRING) return value.string->sval;
    if (value.node_case == PG_QUERY__NODE__NODE_INTEGER)
        return value.integer->ival == 0 ? "false" : "true";
    if (value.node_case == PG_QUERY__NODE__NODE_BOOLEAN)
        return value.boolean->boolval ? "true" : "false";
    if (value.node_case != PG_QUERY__NODE__NODE_TYPE_NAME || value.type_name->n_names == 0)
        return "true";
    const Node& last = *value.type_name->names[value.type_name->n_names - 1];
    return last.node_case == PG_QUERY__NODE__NODE_STRING ? last.string->sval : "true";
}

// The value of a boolean option: absent, present without a value (true), or said.
bool option(Node* const* options, std::size_t count, std::string_view name, bool absent) {
    for (std::size_t index = 0; index < count; ++index) {
        if (options[index]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM) continue;
        const PgQuery__DefElem& element = *options[index]->def_elem;
        if (name != element.defname) continue;
        const std::string_view value = element.arg ? word_of(*element.arg) : "true";
        return value != "false" && value != "off" && value != "0" && value != "none";
    }
    return absent;
}

std::string text(const char* value) { return value ? value : ""; }

void see_index(const PgQuery__IndexStmt& index, Statement& statement) {
    if (!index.concurrent) return;
    statement.needs_no_transaction = true;
    statement.concurrent_index =
        ConcurrentIndex{IndexAction::create, text(index.relation->schemaname), text(index.idxname),
                        text(index.relation->relname), index.if_not_exists != 0};
}

void see_drop(const PgQuery__DropStmt& drop, Statement& statement) {
    if (!drop.concurrent) return;
    statement.needs_no_transaction = true;
    ConcurrentIndex dropped{IndexAction::drop, "", "", "", drop.missing_ok != 0};
    if (drop.n_objects > 0 && drop.objects[0]->node_case == PG_QUERY__NODE__NODE_LIST) {
        const PgQuery__List& names = *drop.objects[0]->list;
        const auto name = [&](std::size_t index) { return text(names.items[index]->string->sval); };
        if (names.n_items > 0) dropped.index = name(names.n_items - 1);
        if (names.n_items > 1) dropped.schema = name(names.n_items - 2);
    }
    statement.concurrent_index = dropped;
}

void see_reindex(const PgQuery__ReindexStmt& reindex, Statement& statement) {
    const bool concurrent = option(reindex.params, reindex.n_params, "concurrently", false);
    const bool one_relation = reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX ||
                              reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE;
    statement.needs_no_transaction = concurrent || !one_relation;
    if (!concurrent || reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SYSTEM) return;
    ConcurrentIndex rebuilt{IndexAction::reindex, "", "", "", false};
    if (reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA)
        rebuilt.schema = text(reindex.name);
    statement.concurrent_index = rebuilt;
    if (!reindex.relation) return;
    rebuilt.schema = text(reindex.relation->schemaname);
    const bool index = reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX;
    (index ? rebuilt.index : rebuilt.table) = text(reindex.relation->relname);
    statement.concurrent_index = rebuilt;
}

bool detaches_concurrently(const PgQuery__AlterTableStmt& alter) {
    for (std::size_t index = 0; index < alter.n_cmds; ++index) {
        if (alter.cmds[index]->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD) continue;
        const PgQuery__AlterTableCmd& command = *alter.cmds[index]->alter_table_cmd;
        if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition && command.def &&
            command.def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD &&
            command.def->partition_cmd->concurrent)
            return true;
    }
    return false;
}

bool refreshes(const PgQuery__AlterSubscriptionStmt& alter) {
    switch (static_cast<int>(alter.kind)) {
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_REFRESH:
            return true;
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_SET_PUBLICATION:
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_ADD_PUBLICATION:
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_DROP_PUBLICATION:
            return option(alter.options, alter.n_options, "refresh", true);
        default:
            return false;
    }
}

bool makes_slot(const PgQuery__CreateSubscriptionStmt& create) {
    return option(create.options, create.n_options, "connect", true) &&
           option(create.options, create.n_options, "slot_name", true) &&
           option(create.options, create.n_options, "create_slot", true);
}

bool moves_tablespace(const PgQuery__AlterDatabaseStmt& alter) {
    return option(alter.options, alter.n_options, "tablespace", false);
}

void see_copy(const PgQuery__CopyStmt& copy, Statement& statement) {
    const bool with_client = text(copy.filename).empty() && !copy.is_program;
    statement.copies_from_stdin = copy.is_from && with_client;
    if (with_client && !copy.is_from) statement.kind = "copy-to-stdout";
}

void see_discard(const PgQuery__DiscardStmt& discard, Statement& statement) {
    statement.discards_all = discard.target == PG_QUERY__DISCARD_MODE__DISCARD_ALL;
    statement.needs_no_transaction = statement.discards_all;
}

void see_setting(const PgQuery__VariableSetStmt& set, Statement& statement) {
    const bool transaction = set.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_SET_MULTI &&
                             text(set.name) != "SESSION CHARACTERISTICS";
    statement.session_setting = !set.is_local && !transaction;
}

void see_select(const PgQuery__SelectStmt& select, Statement& statement) {
    const auto set = setting_by(select);
    statement.session_setting = set && !set->is_local;
}

void see_transaction(const PgQuery__TransactionStmt& transaction, Statement& statement) {
    statement.control = control_of(transaction);
    statement.needs_no_transaction =
        transaction.kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED ||
        transaction.kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED;
}

bool always_needs_no_transaction(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_CREATEDB_STMT:
        case PG_QUERY__NODE__NODE_DROPDB_STMT:
        case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
        case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
        case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
        case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
            return true;
        case PG_QUERY__NODE__NODE_VACUUM_STMT:
            return node.vacuum_stmt->is_vacuumcmd != 0;
        case PG_QUERY__NODE__NODE_CLUSTER_STMT:
            return node.cluster_stmt->relation == nullptr;
        case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
            return detaches_concurrently(*node.alter_table_stmt);
        case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
            return refreshes(*node.alter_subscription_stmt);
        case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
            return makes_slot(*node.create_subscription_stmt);
        case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
            return moves_tablespace(*node.alter_database_stmt);
        default:
            return false;
    }
}

}  // namespace

void classify(const Node& node, Statement& statement) {
    statement.kind = kind_of(node);
    statement.only_defines = only_defines(node, statement.kind);
    statement.needs_no_transaction = always_needs_no_transaction(node);
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_INDEX_STMT:
            return see_index(*node.index_stmt, statement);
        case PG_QUERY__NODE__NODE_DROP_STMT:
            return see_drop(*node.drop_stmt, statement);
        case PG_QUERY__NODE__NODE_REINDEX_STMT:
            return see_reindex(*node.reindex_stmt, statement);
        case PG_QUERY__NODE__NODE_COPY_STMT:
            return see_copy(*node.copy_stmt, statement);
        case PG_QUERY__NODE__NODE_DISCARD_STMT:
            return see_discard(*node.discard_stmt, statement);
        case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
            return see_setting(*node.variable_set_stmt, statement);
        case PG_QUERY__NODE__NODE_SELECT_STMT:
            return see_select(*node.select_stmt, statement);
        case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
            return see_transaction(*node.transaction_stmt, statement);
        default:
            return;
    }
}

}  // namespace migrations::sql
