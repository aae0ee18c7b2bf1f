#include "migrations/sql/condition_reading.hpp"
#include "migrations/sql/query_columns.hpp"
#include "migrations/sql/shape.hpp"
#include "migrations/sql/tree_reading.hpp"

#include <map>

namespace migrations::sql {

namespace {

const std::map<int, TableChangeKind>& changes_of_parts() {
    using Kind = TableChangeKind;
    static const std::map<int, Kind> kinds{
        {PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn, Kind::add_column},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn, Kind::drop_column},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType, Kind::set_type},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull, Kind::set_not_null},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull, Kind::drop_not_null},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint, Kind::add_constraint},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint, Kind::drop_constraint},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint, Kind::validate_constraint},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint, Kind::alter_constraint},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity, Kind::add_identity},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity, Kind::set_identity},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity, Kind::drop_identity},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression, Kind::drop_expression},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics, Kind::set_statistics},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage, Kind::set_storage},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression, Kind::set_compression},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions, Kind::set_column_options},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions, Kind::set_column_options},
    };
    return kinds;
}

const std::map<int, TableChangeKind>& changes_of_tables() {
    using Kind = TableChangeKind;
    static const std::map<int, Kind> kinds{
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions, Kind::set_options},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions, Kind::reset_options},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged, Kind::set_logged},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged, Kind::set_unlogged},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod, Kind::set_access_method},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace, Kind::set_tablespace},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn, Kind::cluster_on},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster, Kind::drop_cluster},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig, Kind::enable_trigger},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig, Kind::enable_trigger},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig, Kind::enable_trigger},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll, Kind::enable_trigger},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser, Kind::enable_trigger},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig, Kind::disable_trigger},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll, Kind::disable_trigger},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser, Kind::disable_trigger},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRule, Kind::enable_rule},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysRule, Kind::enable_rule},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaRule, Kind::enable_rule},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRule, Kind::disable_rule},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_ReplicaIdentity, Kind::replica_identity},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity, Kind::enable_row_security},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity, Kind::disable_row_security},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity, Kind::force_row_security},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity, Kind::no_force_row_security},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_AddInherit, Kind::inherit},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DropInherit, Kind::no_inherit},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_AddOf, Kind::of_type},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DropOf, Kind::not_of_type},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition, Kind::attach_partition},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition, Kind::detach_partition},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize, Kind::detach_partition},
        {PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner, Kind::change_owner},
    };
    return kinds;
}

const std::map<int, ConstraintKind>& constraint_kinds() {
    using Kind = ConstraintKind;
    static const std::map<int, Kind> kinds{
        {PG_QUERY__CONSTR_TYPE__CONSTR_NULL, Kind::null},
        {PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL, Kind::not_null},
        {PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT, Kind::default_value},
        {PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY, Kind::identity},
        {PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED, Kind::generated},
        {PG_QUERY__CONSTR_TYPE__CONSTR_CHECK, Kind::check},
        {PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY, Kind::primary_key},
        {PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE, Kind::unique},
        {PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION, Kind::exclusion},
        {PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN, Kind::foreign_key},
    };
    return kinds;
}

bool is_constraint(const PgQuery__Constraint& constraint) {
    return constraint_kinds().contains(static_cast<int>(constraint.contype));
}

std::string name_in(PgQuery__AlterTableType type, const char* name) {
    switch (static_cast<int>(type)) {
        case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll:
            return "ALL";
        case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
        case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
            return "USER";
        default:
            return text_of(name);
    }
}

void read_definition(const Node& definition, TableChange& change) {
    switch (static_cast<int>(definition.node_case)) {
        case PG_QUERY__NODE__NODE_COLUMN_DEF:
            change.column = column_of(*definition.column_def);
            change.begin = change.column.begin;
            if (change.kind == TableChangeKind::set_type) {
                change.expression = expression_of(definition.column_def->raw_default);
                change.column.name = change.name;
            } else {
                change.name = change.column.name;
            }
            break;
        case PG_QUERY__NODE__NODE_CONSTRAINT:
            change.constraint = constraint_of(*definition.constraint);
            change.begin = change.constraint.begin;
            if (change.kind != TableChangeKind::add_identity) change.name = change.constraint.name;
            break;
        case PG_QUERY__NODE__NODE_PARTITION_CMD:
            change.other = name_of(definition.partition_cmd->name);
            change.bound = bound_of(definition.partition_cmd->bound);
            change.concurrently = definition.partition_cmd->concurrent != 0;
            change.begin = change.other.begin;
            break;
        case PG_QUERY__NODE__NODE_RANGE_VAR:
            change.other = name_of(definition.range_var);
            break;
        case PG_QUERY__NODE__NODE_TYPE_NAME:
            change.other = name_of(&definition);
            break;
        case PG_QUERY__NODE__NODE_LIST:
            change.options = options_of(definition.list->items, definition.list->n_items);
            break;
        default:
            change.expression = expression_of(&definition);
    }
}

TableChangeKind kind_of(PgQuery__AlterTableType type) {
    for (const auto* kinds : {&changes_of_parts(), &changes_of_tables()})
        if (const auto found = kinds->find(static_cast<int>(type)); found != kinds->end())
            return found->second;
    return TableChangeKind::other;
}

TableChange change_of(const PgQuery__AlterTableCmd& command) {
    TableChange change;
    change.kind = kind_of(command.subtype);
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault)
        change.kind = command.def ? TableChangeKind::set_default : TableChangeKind::drop_default;
    change.finalize = command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize;
    change.name = name_in(command.subtype, command.name);
    change.if_exists = command.missing_ok != 0;
    change.cascade = command.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    if (command.def) read_definition(*command.def, change);
    return change;
}

AlterTable alter_of(const PgQuery__AlterTableStmt& statement) {
    AlterTable alter;
    alter.object = object_kind(statement.objtype);
    alter.table = name_of(statement.relation);
    alter.only = statement.relation != nullptr && statement.relation->inh == 0;
    alter.if_exists = statement.missing_ok != 0;
    for (std::size_t index = 0; index < statement.n_cmds; ++index)
        if (statement.cmds[index]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            alter.changes.push_back(change_of(*statement.cmds[index]->alter_table_cmd));
    return alter;
}

void read_element(const Node& element, CreateTable& create) {
    switch (static_cast<int>(element.node_case)) {
        case PG_QUERY__NODE__NODE_COLUMN_DEF:
            create.columns.push_back(column_of(*element.column_def));
            break;
        case PG_QUERY__NODE__NODE_CONSTRAINT:
            if (is_constraint(*element.constraint))
                create.constraints.push_back(constraint_of(*element.constraint));
            break;
        case PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE: {
            // CREATE_TABLE_LIKE_INDEXES, ..._CONSTRAINTS of PostgreSQL's parsenodes.h
            constexpr std::uint32_t takes_indexes = 1U << 6U;
            constexpr std::uint32_t takes_checks = 1U << 2U;
            create.like.push_back(name_of(element.table_like_clause->relation));
            if ((element.table_like_clause->options & takes_indexes) != 0)
                create.like_takes_indexes = true;
            if ((element.table_like_clause->options & takes_checks) != 0)
                create.like_takes_checks = true;
            break;
        }
        default:
            break;
    }
}

CreateTable create_of(const PgQuery__CreateStmt& statement) {
    CreateTable create;
    create.table = name_of(statement.relation);
    create.temporary = is_temporary(statement.relation);
    create.unlogged = is_unlogged(statement.relation);
    create.if_not_exists = statement.if_not_exists != 0;
    if (const auto* type = statement.of_typename)
        create.of_type = name_of(type->names, type->n_names);
    create.tablespace = text_of(statement.tablespacename);
    create.bound = bound_of(statement.partbound);
    create.options = options_of(statement.options, statement.n_options);
    for (std::size_t index = 0; index < statement.n_table_elts; ++index)
        read_element(*statement.table_elts[index], create);
    for (std::size_t index = 0; index < statement.n_constraints; ++index)
        read_element(*statement.constraints[index], create);
    for (std::size_t index = 0; index < statement.n_inh_relations; ++index)
        create.inherits.push_back(name_of(statement.inh_relations[index]));
    if (statement.partspec == nullptr) return create;
    const std::string strategy = text_of(statement.partspec->strategy);
    create.partition_by = strategy.empty() ? 'r' : static_cast<char>(strategy.front() | 0x20);
    for (std::size_t index = 0; index < statement.partspec->n_part_params; ++index)
        if (const Node* part = statement.partspec->part_params[index];
            part->node_case == PG_QUERY__NODE__NODE_PARTITION_ELEM) {
            const std::string column = text_of(part->partition_elem->name);
            create.partition_columns.push_back(column);
            create.partition_keys.push_back(column.empty() ? shape_of(part->partition_elem->expr)
                                                           : column);
        }
    return create;
}

CreateTable create_foreign_of(const PgQuery__CreateStmt& statement) {
    CreateTable create = create_of(statement);
    create.is_foreign = true;
    return create;
}

CreateTableAs create_as_of(const PgQuery__CreateTableAsStmt& statement) {
    CreateTableAs create;
    create.object = object_kind(statement.objtype);
    create.if_not_exists = statement.if_not_exists != 0;
    create.is_select_into = statement.is_select_into != 0;
    if (statement.into != nullptr) {
        create.table = name_of(statement.into->rel);
        create.temporary = is_temporary(statement.into->rel);
        create.unlogged = is_unlogged(statement.into->rel);
        create.with_no_data = statement.into->skip_data != 0;
    }
    if (statement.query == nullptr) return create;
    create.reads = relations_in(statement.query->base);
    create.columns = columns_in(statement.query->base, create.reads);
    create.all = expression_of(statement.query->base);
    if (statement.query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT)
        create.row_count = row_count_of(*statement.query->select_stmt);
    if (statement.into != nullptr && statement.into->n_col_names > 0) {
        create.repeated =
            repeated_words(words_of(statement.into->col_names, statement.into->n_col_names));
        return create;
    }
    if (statement.query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT)
        create.repeated = repeated_in(*statement.query->select_stmt);
    return create;
}

IndexColumn index_column(const PgQuery__IndexElem& element) {
    return {text_of(element.name), expression_of(element.expr)};
}

std::string index_shape(const PgQuery__IndexStmt& statement) {
    std::string shape;
    const auto add = [&](const std::string& word, const std::string& what) {
        if (!what.empty()) shape += word + " " + what + ";";
    };
    const std::string method = text_of(statement.access_method);
    add("using", method == "btree" ? "" : method);
    for (std::size_t at = 0; at < statement.n_index_params; ++at) {
        if (statement.index_params[at]->node_case != PG_QUERY__NODE__NODE_INDEX_ELEM) continue;
        const PgQuery__IndexElem& element = *statement.index_params[at]->index_elem;
        const std::string number = std::to_string(at);
        add(number, shape_of(element.expr));
        add(number + " class", name_of(element.opclass, element.n_opclass).name);
        add(number + " collate", name_of(element.collation, element.n_collation).name);
    }
    add("where", shape_of(statement.where_clause));
    if (statement.nulls_not_distinct != 0) shape += "nulls not distinct;";
    return shape;
}

CreateIndex index_of(const PgQuery__IndexStmt& statement) {
    CreateIndex index;
    index.name = text_of(statement.idxname);
    index.table = name_of(statement.relation);
    index.unique = statement.unique != 0;
    index.concurrently = statement.concurrent != 0;
    index.if_not_exists = statement.if_not_exists != 0;
    index.only = statement.relation != nullptr && statement.relation->inh == 0;
    index.nulls_not_distinct = statement.nulls_not_distinct != 0;
    index.method = text_of(statement.access_method);
    index.shape = index_shape(statement);
    index.where = expression_of(statement.where_clause);
    index.tablespace = text_of(statement.table_space);
    for (std::size_t at = 0; at < statement.n_index_params; ++at)
        if (statement.index_params[at]->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM)
            index.columns.push_back(index_column(*statement.index_params[at]->index_elem));
    for (std::size_t at = 0; at < statement.n_index_including_params; ++at)
        if (statement.index_including_params[at]->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM)
            index.including.push_back(
                text_of(statement.index_including_params[at]->index_elem->name));
    return index;
}

// What EXCLUDE lists, and the columns in its expressions and its WHERE.
void read_exclusions(const PgQuery__Constraint& from, Constraint& constraint) {
    const auto mention = [&](const Node* node) {
        for (std::string& column : expression_of(node).columns)
            constraint.expression.columns.push_back(std::move(column));
    };
    for (std::size_t index = 0; index < from.n_exclusions; ++index) {
        const Node* pair = from.exclusions[index];
        if (pair->node_case != PG_QUERY__NODE__NODE_LIST || pair->list->n_items == 0) continue;
        const Node* element = pair->list->items[0];
        if (element->node_case != PG_QUERY__NODE__NODE_INDEX_ELEM) continue;
        constraint.columns.push_back(text_of(element->index_elem->name));
        mention(element->index_elem->expr);
    }
    mention(from.where_clause);
}

}  // namespace

Constraint constraint_of(const PgQuery__Constraint& from) {
    Constraint constraint;
    const auto found = constraint_kinds().find(static_cast<int>(from.contype));
    constraint.kind = found == constraint_kinds().end() ? ConstraintKind::null : found->second;
    constraint.name = text_of(from.conname);
    constraint.begin = byte_of(from.location);
    const bool is_foreign = constraint.kind == ConstraintKind::foreign_key;
    constraint.columns =
        is_foreign ? words_of(from.fk_attrs, from.n_fk_attrs) : words_of(from.keys, from.n_keys);
    constraint.expression = expression_of(from.raw_expr);
    if (constraint.kind == ConstraintKind::check)
        constraint.condition = condition_of(from.raw_expr);
    if (constraint.kind == ConstraintKind::exclusion) read_exclusions(from, constraint);
    constraint.references = name_of(from.pktable);
    constraint.referenced_columns = words_of(from.pk_attrs, from.n_pk_attrs);
    constraint.using_index = text_of(from.indexname);
    constraint.not_valid = from.skip_validation != 0;
    constraint.deferrable = from.deferrable != 0;
    constraint.nulls_not_distinct = from.nulls_not_distinct != 0;
    constraint.no_inherit = from.is_no_inherit != 0;
    if (is_said(from.fk_del_action)) constraint.on_delete = from.fk_del_action[0];
    constraint.sets_some = from.n_fk_del_set_cols > 0;
    if (is_said(from.fk_upd_action)) constraint.on_update = from.fk_upd_action[0];
    return constraint;
}

Column column_of(const PgQuery__ColumnDef& from) {
    Column column;
    column.name = text_of(from.colname);
    column.type = type_of(from.type_name);
    column.begin = byte_of(from.location);
    if (from.coll_clause != nullptr)
        column.collation = name_of(from.coll_clause->collname, from.coll_clause->n_collname).name;
    for (std::size_t index = 0; index < from.n_constraints; ++index)
        if (const Node* node = from.constraints[index];
            node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT && is_constraint(*node->constraint))
            column.constraints.push_back(constraint_of(*node->constraint));
    return column;
}

Action describe_table(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
            return alter_of(*node.alter_table_stmt);
        case PG_QUERY__NODE__NODE_CREATE_STMT:
            return create_of(*node.create_stmt);
        case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
            return create_foreign_of(*node.create_foreign_table_stmt->base_stmt);
        case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
            return create_as_of(*node.create_table_as_stmt);
        case PG_QUERY__NODE__NODE_INDEX_STMT:
            return index_of(*node.index_stmt);
        default:
            return Other{};
    }
}

}  // namespace migrations::sql
