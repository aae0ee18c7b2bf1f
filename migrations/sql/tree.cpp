#include "migrations/sql/tree.hpp"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>
#include <string>
#include <string_view>

namespace migrations::sql {

namespace {

using Node = PgQuery__Node;
using All = std::vector<Touched>;

std::string text(const char* value) { return value ? value : ""; }

// What is not said is empty, or null.
bool said(const char* value) { return value && *value != '\0'; }

Touched of(std::string kind, const PgQuery__RangeVar* relation, std::string part = {}) {
    if (relation == nullptr) return {std::move(kind), "", "", std::move(part), 0};
    return {std::move(kind), text(relation->schemaname), text(relation->relname), std::move(part),
            0};
}

std::vector<std::string> words(Node* const* names, std::size_t count) {
    std::vector<std::string> answer;
    for (std::size_t index = 0; index < count; ++index)
        if (names[index]->node_case == PG_QUERY__NODE__NODE_STRING)
            answer.push_back(text(names[index]->string->sval));
    return answer;
}

Touched named(std::string kind, const std::vector<std::string>& parts) {
    Touched touched{std::move(kind), "", "", "", 0};
    if (!parts.empty()) touched.name = parts.back();
    if (parts.size() > 1) touched.schema = parts[parts.size() - 2];
    return touched;
}

Touched named(std::string kind, Node* const* names, std::size_t count) {
    return named(std::move(kind), words(names, count));
}

// The columns of a key: who has a foreign key to them, or an ON CONFLICT, names them.
void add_key(All& all, const PgQuery__RangeVar* relation, const std::string& column) {
    if (!column.empty()) all.push_back(of("key column", relation, column));
}

void add_constraint(All& all, const PgQuery__RangeVar* relation, const Node* definition) {
    if (!definition || definition->node_case != PG_QUERY__NODE__NODE_CONSTRAINT) return;
    const PgQuery__Constraint& constraint = *definition->constraint;
    if (said(constraint.conname))
        all.push_back(of("constraint", relation, text(constraint.conname)));
    const bool key = constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY ||
                     constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE;
    if (!key) return;
    for (const std::string& column : words(constraint.keys, constraint.n_keys))
        add_key(all, relation, column);
    // ADD PRIMARY KEY USING INDEX says no columns.
    if (constraint.n_keys == 0) all.push_back(of("key", relation));
}

bool changes_nothing(PgQuery__AlterTableType type) {
    switch (static_cast<int>(type)) {
        case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster:
            return true;
        default:
            return false;
    }
}

void see_command(All& all, const PgQuery__AlterTableStmt& alter,
                 const PgQuery__AlterTableCmd& command) {
    if (changes_nothing(command.subtype)) return;
    const bool adds_column = command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn;
    if (adds_column && command.def && command.def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
        all.push_back(of("column", alter.relation, text(command.def->column_def->colname)));
    else if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint &&
             said(command.def->constraint->conname))
        add_constraint(all, alter.relation, command.def);
    else if (said(command.name))
        all.push_back(of("column or constraint", alter.relation, text(command.name)));
    else
        all.push_back(of("table", alter.relation));
}

std::optional<All> see_alter(const PgQuery__AlterTableStmt& alter) {
    All all;
    for (std::size_t index = 0; index < alter.n_cmds; ++index) {
        if (alter.cmds[index]->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            return std::nullopt;
        see_command(all, alter, *alter.cmds[index]->alter_table_cmd);
    }
    return all;
}

std::optional<All> see_create(const PgQuery__CreateStmt& create) {
    All all{of("table", create.relation)};
    // What is written to the parent lands in it.
    if (create.partbound)
        for (std::size_t index = 0; index < create.n_inh_relations; ++index)
            if (create.inh_relations[index]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
                all.push_back(of("partitions of", create.inh_relations[index]->range_var));
    return all;
}

std::optional<All> see_index(const PgQuery__IndexStmt& index) {
    All all;
    if (said(index.idxname))
        all.push_back({"index", text(index.relation->schemaname), text(index.idxname), "", 0});
    if (!index.unique) return all;
    for (std::size_t at = 0; at < index.n_index_params; ++at)
        if (index.index_params[at]->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM)
            add_key(all, index.relation, text(index.index_params[at]->index_elem->name));
    return all;
}

std::optional<All> see_rename(const PgQuery__RenameStmt& rename) {
    if (!rename.relation) return std::nullopt;
    const std::string schema = text(rename.relation->schemaname);
    if (said(rename.subname))
        return All{of("column", rename.relation, text(rename.subname)),
                   of("column", rename.relation, text(rename.newname))};
    return All{of("table", rename.relation), {"table", schema, text(rename.newname), "", 0}};
}

std::optional<Touched> dropped(const Node& object, bool part_of_table, bool is_operator) {
    switch (static_cast<int>(object.node_case)) {
        case PG_QUERY__NODE__NODE_LIST: {
            auto parts = words(object.list->items, object.list->n_items);
            if (!part_of_table || parts.size() < 2) return named("dropped object", parts);
            const std::string part = parts.back();
            parts.pop_back();
            Touched touched = named("dropped part", parts);
            touched.part = part;
            return touched;
        }
        case PG_QUERY__NODE__NODE_STRING:
            return named("dropped object", {text(object.string->sval)});
        case PG_QUERY__NODE__NODE_TYPE_NAME:
            return named("dropped type", object.type_name->names, object.type_name->n_names);
        case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
            return named(is_operator ? operator_kind : "dropped function",
                         object.object_with_args->objname, object.object_with_args->n_objname);
        default:
            return std::nullopt;
    }
}

std::optional<All> see_drop(const PgQuery__DropStmt& drop) {
    const bool part_of_table = drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
                               drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY ||
                               drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE;
    const bool is_operator = drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR;
    All all;
    for (std::size_t index = 0; index < drop.n_objects; ++index) {
        auto touched = dropped(*drop.objects[index], part_of_table, is_operator);
        if (!touched) return std::nullopt;
        all.push_back(std::move(*touched));
    }
    return all;
}

std::optional<All> see_enum_value(const PgQuery__AlterEnumStmt& alter) {
    All all{named("value of an enum", {text(alter.new_val)})};
    if (said(alter.old_val)) all.push_back(named("value of an enum", {text(alter.old_val)}));
    return all;
}

// Rows: a WITH may write elsewhere too.
std::optional<All> see_rows(const PgQuery__RangeVar* relation, const PgQuery__WithClause* with) {
    if (with != nullptr) return std::nullopt;
    return All{of("rows of table", relation)};
}

bool touches_nothing(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
        case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
        case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
        case PG_QUERY__NODE__NODE_COMMENT_STMT:
        case PG_QUERY__NODE__NODE_VACUUM_STMT:
        case PG_QUERY__NODE__NODE_REINDEX_STMT:
        case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        case PG_QUERY__NODE__NODE_LOCK_STMT:
        case PG_QUERY__NODE__NODE_DISCARD_STMT:
        case PG_QUERY__NODE__NODE_CHECK_POINT_STMT:
        case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
        case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
        case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
        case PG_QUERY__NODE__NODE_GRANT_STMT:
        case PG_QUERY__NODE__NODE_SEC_LABEL_STMT:
            return true;
        default:
            return false;
    }
}

All see_definition(const PgQuery__DefineStmt& define) {
    const bool is_operator = define.kind == PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR;
    return {named(is_operator ? operator_kind : "object", define.defnames, define.n_defnames)};
}

std::optional<All> see_named(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
            return All{named("type", node.create_enum_stmt->type_name,
                             node.create_enum_stmt->n_type_name)};
        case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
            return All{named("type", node.create_range_stmt->type_name,
                             node.create_range_stmt->n_type_name)};
        case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
            return All{named("domain", node.create_domain_stmt->domainname,
                             node.create_domain_stmt->n_domainname)};
        case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
            return All{named("function", node.create_function_stmt->funcname,
                             node.create_function_stmt->n_funcname)};
        case PG_QUERY__NODE__NODE_DEFINE_STMT:
            return see_definition(*node.define_stmt);
        case PG_QUERY__NODE__NODE_ALTER_OPERATOR_STMT:
            return All{named(operator_kind, node.alter_operator_stmt->opername->objname,
                             node.alter_operator_stmt->opername->n_objname)};
        case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
            return All{named("extension", {text(node.create_extension_stmt->extname)})};
        case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
            return All{named("role", {text(node.create_role_stmt->role)})};
        case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
            return see_enum_value(*node.alter_enum_stmt);
        case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
            if (node.create_schema_stmt->n_schema_elts > 0 ||
                !said(node.create_schema_stmt->schemaname))
                return std::nullopt;
            return All{named("schema", {text(node.create_schema_stmt->schemaname)})};
        default:
            return std::nullopt;
    }
}

std::optional<All> see_related(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_CREATE_STMT:
            return see_create(*node.create_stmt);
        case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
            return All{of("table", node.create_table_as_stmt->into->rel)};
        case PG_QUERY__NODE__NODE_VIEW_STMT:
            return All{of("view", node.view_stmt->view)};
        case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
            return All{of("sequence", node.create_seq_stmt->sequence)};
        case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
            return All{of("sequence", node.alter_seq_stmt->sequence)};
        case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
            return All{of("type", node.composite_type_stmt->typevar)};
        case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
            return All{of("trigger", node.create_trig_stmt->relation,
                          text(node.create_trig_stmt->trigname))};
        case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
            return All{of("policy", node.create_policy_stmt->table,
                          text(node.create_policy_stmt->policy_name))};
        case PG_QUERY__NODE__NODE_RULE_STMT:
            return All{of("rule", node.rule_stmt->relation, text(node.rule_stmt->rulename))};
        case PG_QUERY__NODE__NODE_INSERT_STMT:
            return see_rows(node.insert_stmt->relation, node.insert_stmt->with_clause);
        case PG_QUERY__NODE__NODE_UPDATE_STMT:
            return see_rows(node.update_stmt->relation, node.update_stmt->with_clause);
        case PG_QUERY__NODE__NODE_DELETE_STMT:
            return see_rows(node.delete_stmt->relation, node.delete_stmt->with_clause);
        default:
            return see_named(node);
    }
}

}  // namespace

std::optional<std::vector<Touched>> touched_by(const Node& node) {
    if (touches_nothing(node)) return All{};
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
            return see_alter(*node.alter_table_stmt);
        case PG_QUERY__NODE__NODE_INDEX_STMT:
            return see_index(*node.index_stmt);
        case PG_QUERY__NODE__NODE_RENAME_STMT:
            return see_rename(*node.rename_stmt);
        case PG_QUERY__NODE__NODE_DROP_STMT:
            return see_drop(*node.drop_stmt);
        default:
            return see_related(node);
    }
}

}  // namespace migrations::sql
