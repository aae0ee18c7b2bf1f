#include "migrations/sql/classify.hpp"

#include <map>
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string>
#include <string_view>

namespace migrations::sql {

namespace {

// Kinds whose name is not their parse node's name, turned round: "drop_role_stmt" is "drop-role".
const std::map<int, std::string_view>& special_kinds() {
    static const std::map<int, std::string_view> kinds{
        {PG_QUERY__NODE__NODE_ALTER_SEQ_STMT, "alter-sequence"},
        {PG_QUERY__NODE__NODE_ALTER_STATS_STMT, "alter-statistics"},
        {PG_QUERY__NODE__NODE_CHECK_POINT_STMT, "checkpoint"},
        {PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT, "create-type"},
        {PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT, "set-constraints"},
        {PG_QUERY__NODE__NODE_CREATEDB_STMT, "create-database"},
        {PG_QUERY__NODE__NODE_CREATE_ENUM_STMT, "create-type"},
        {PG_QUERY__NODE__NODE_ALTER_ENUM_STMT, "alter-type"},
        {PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT, "create-event-trigger"},
        {PG_QUERY__NODE__NODE_CREATE_PLANG_STMT, "create-language"},
        {PG_QUERY__NODE__NODE_CREATE_RANGE_STMT, "create-type"},
        {PG_QUERY__NODE__NODE_CREATE_SEQ_STMT, "create-sequence"},
        {PG_QUERY__NODE__NODE_CREATE_STATS_STMT, "create-statistics"},
        {PG_QUERY__NODE__NODE_CREATE_STMT, "create-table"},
        {PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT, "create-tablespace"},
        {PG_QUERY__NODE__NODE_CREATE_TRIG_STMT, "create-trigger"},
        {PG_QUERY__NODE__NODE_DEFINE_STMT, "create-object"},
        {PG_QUERY__NODE__NODE_DROPDB_STMT, "drop-database"},
        {PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT, "drop-tablespace"},
        {PG_QUERY__NODE__NODE_INDEX_STMT, "create-index"},
        {PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT, "refresh-materialized-view"},
        {PG_QUERY__NODE__NODE_RULE_STMT, "create-rule"},
        {PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT, "show"},
        {PG_QUERY__NODE__NODE_VIEW_STMT, "create-view"},
    };
    return kinds;
}

std::string kebab(std::string_view name) {
    std::string text{name};
    for (char& character : text)
        if (character == '_')
            character = '-';
        else if (character >= 'A' && character <= 'Z')
            character = static_cast<char>(character + 32);
    return text;
}

std::string object_name(PgQuery__ObjectType type) {
    const ProtobufCEnumValue* value = protobuf_c_enum_descriptor_get_value(
        &pg_query__object_type__descriptor, static_cast<int>(type));
    std::string_view name = value ? value->name : "OBJECT_UNKNOWN";
    name.remove_prefix(std::string_view{"OBJECT_"}.size());
    return name == "MATVIEW" ? "materialized-view" : kebab(name);
}

std::string transaction_kind(const PgQuery__TransactionStmt& transaction) {
    const ProtobufCEnumValue* value = protobuf_c_enum_descriptor_get_value(
        &pg_query__transaction_stmt_kind__descriptor, static_cast<int>(transaction.kind));
    std::string_view name = value ? value->name : "TRANS_STMT_UNKNOWN";
    name.remove_prefix(std::string_view{"TRANS_STMT_"}.size());
    return kebab(name);
}

std::string node_name(const PgQuery__Node& node) {
    const ProtobufCFieldDescriptor* field = protobuf_c_message_descriptor_get_field(
        &pg_query__node__descriptor, static_cast<unsigned>(node.node_case));
    std::string_view name = field ? field->name : "unknown";
    constexpr std::string_view suffix = "_stmt";
    if (name.size() > suffix.size() && name.substr(name.size() - suffix.size()) == suffix)
        name.remove_suffix(suffix.size());
    return kebab(name);
}

}  // namespace

std::string kind_of(const PgQuery__Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_DROP_STMT:
            return "drop-" + object_name(node.drop_stmt->remove_type);
        case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
            return "alter-" + object_name(node.alter_table_stmt->objtype);
        case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
            return transaction_kind(*node.transaction_stmt);
        case PG_QUERY__NODE__NODE_VACUUM_STMT:
            return node.vacuum_stmt->is_vacuumcmd ? "vacuum" : "analyze";
        case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
            return node.variable_set_stmt->kind >= PG_QUERY__VARIABLE_SET_KIND__VAR_RESET ? "reset"
                                                                                          : "set";
        case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
            return node.create_table_as_stmt->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW
                       ? "create-materialized-view"
                       : "create-table-as";
        default: {
            const auto special = special_kinds().find(static_cast<int>(node.node_case));
            return special == special_kinds().end() ? node_name(node)
                                                    : std::string{special->second};
        }
    }
}

}  // namespace migrations::sql
