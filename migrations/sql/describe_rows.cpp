#include "migrations/sql/tree_reading.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>

namespace migrations::sql {

namespace {

// Beside a value that a row must have, a LIMIT gives a batch only of the table itself.
bool gives_batch(const PgQuery__SelectStmt& limited, const Rows& rows) {
    if (value_of(limited.limit_count) == "1") return false;
    const auto& all = rows.where.comparisons;
    const auto read = relations_in(limited.base);
    return std::any_of(read.begin(), read.end(),
                       [&](const ObjectName& name) { return name.name == rows.table.name; }) ||
           std::none_of(all.begin(), all.end(), [&](const Comparison& each) {
               return each.kind == ComparisonKind::equal ||
                      (each.kind == ComparisonKind::column && !rows.from_query);
           });
}

void read_limits(const ProtobufCMessage& message, Rows& rows) {
    walk(message, [&](const ProtobufCMessage& each) {
        const auto* select = as<PgQuery__SelectStmt>(each, pg_query__select_stmt__descriptor);
        if (select == nullptr || select->limit_count == nullptr) return true;
        rows.has_limit = true;
        rows.takes_many = rows.takes_many || gives_batch(*select, rows);
        return true;
    });
}

// Of what decides which rows are changed: what they are given may be limited for another reason.
void read_limits(const PgQuery__WithClause* with, Node* const* from, std::size_t count,
                 const Node* where, Rows& rows) {
    if (with != nullptr) read_limits(with->base, rows);
    for (std::size_t index = 0; index < count; ++index) read_limits(from[index]->base, rows);
    if (where != nullptr) read_limits(where->base, rows);
}

std::vector<std::string> targets_of(Node* const* nodes, std::size_t count) {
    std::vector<std::string> columns;
    for (std::size_t index = 0; index < count; ++index)
        if (nodes[index]->node_case == PG_QUERY__NODE__NODE_RES_TARGET)
            columns.push_back(text_of(nodes[index]->res_target->name));
    return columns;
}

void add_repeated(Node* const* targets, std::size_t count, Rows& rows) {
    const auto more = repeated_in(targets, count);
    rows.repeated.insert(rows.repeated.end(), more.begin(), more.end());
}

Rows begin_rows(RowsVerb verb, const ProtobufCMessage& message, const PgQuery__RangeVar* relation,
                const PgQuery__WithClause* with);

Rows merge_of(const PgQuery__MergeStmt& statement) {
    Rows rows =
        begin_rows(RowsVerb::merge, statement.base, statement.relation, statement.with_clause);
    read_limits(statement.with_clause, &statement.source_relation, 1, statement.join_condition,
                rows);
    for (std::size_t index = 0; index < statement.n_merge_when_clauses; ++index) {
        const Node* when = statement.merge_when_clauses[index];
        if (when->node_case != PG_QUERY__NODE__NODE_MERGE_WHEN_CLAUSE) continue;
        const PgQuery__MergeWhenClause& clause = *when->merge_when_clause;
        add_repeated(clause.target_list, clause.n_target_list, rows);
        rows.changes_found = rows.changes_found ||
                             clause.command_type == PG_QUERY__CMD_TYPE__CMD_UPDATE ||
                             clause.command_type == PG_QUERY__CMD_TYPE__CMD_DELETE;
    }
    return rows;
}

void read_where(const Node* where, Rows& rows) {
    rows.where = expression_of(where);
    rows.has_where = where != nullptr;
}

std::vector<Rows> written_by(const PgQuery__WithClause* with) {
    std::vector<Rows> written;
    if (with == nullptr) return written;
    for (std::size_t index = 0; index < with->n_ctes; ++index) {
        const Node* common = with->ctes[index];
        if (common->node_case != PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR) continue;
        const Node* query = common->common_table_expr->ctequery;
        if (query == nullptr || query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT) continue;
        Action action = describe_rows(*query);
        if (auto* rows = std::get_if<Rows>(&action)) written.push_back(std::move(*rows));
    }
    return written;
}

Rows begin_rows(RowsVerb verb, const ProtobufCMessage& message, const PgQuery__RangeVar* relation,
                const PgQuery__WithClause* with) {
    Rows rows;
    rows.verb = verb;
    rows.table = name_of(relation);
    if (relation != nullptr && relation->alias != nullptr)
        rows.alias = text_of(relation->alias->aliasname);
    rows.reads = relations_in(message);
    if (relation != nullptr) {
        const auto found = std::find(rows.reads.begin(), rows.reads.end(), rows.table);
        if (found != rows.reads.end()) rows.reads.erase(found);
    }
    rows.all = expression_of(message);
    rows.with = written_by(with);
    return rows;
}

// Nothing for a name that WITH gives.
ObjectName source_of(const PgQuery__SelectStmt& query) {
    const bool is_one = query.n_from_clause == 1 && query.with_clause == nullptr &&
                        query.from_clause[0]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR;
    return is_one ? name_of(query.from_clause[0]->range_var) : ObjectName{};
}

Rows insert_of(const PgQuery__InsertStmt& statement) {
    Rows rows =
        begin_rows(RowsVerb::insert, statement.base, statement.relation, statement.with_clause);
    read_limits(statement.base, rows);
    rows.columns = targets_of(statement.cols, statement.n_cols);
    rows.repeated = repeated_in(statement.cols, statement.n_cols);
    rows.on_conflict = statement.on_conflict_clause != nullptr;
    if (const auto* clause = statement.on_conflict_clause)
        add_repeated(clause->target_list, clause->n_target_list, rows);
    const Node* source = statement.select_stmt;
    if (source == nullptr || source->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
        rows.row_count = 1;  // DEFAULT VALUES
        return rows;
    }
    rows.row_count = source->select_stmt->n_values_lists;
    rows.from_query = rows.row_count == 0;
    if (rows.from_query) read_where(source->select_stmt->where_clause, rows);
    if (rows.from_query && statement.with_clause == nullptr)
        rows.source = source_of(*source->select_stmt);
    return rows;
}

Rows update_of(const PgQuery__UpdateStmt& statement) {
    Rows rows =
        begin_rows(RowsVerb::update, statement.base, statement.relation, statement.with_clause);
    rows.columns = targets_of(statement.target_list, statement.n_target_list);
    rows.repeated = repeated_in(statement.target_list, statement.n_target_list);
    rows.from_query = statement.n_from_clause > 0;
    read_where(statement.where_clause, rows);
    read_limits(statement.with_clause, statement.from_clause, statement.n_from_clause,
                statement.where_clause, rows);
    return rows;
}

Rows delete_of(const PgQuery__DeleteStmt& statement) {
    Rows rows =
        begin_rows(RowsVerb::erase, statement.base, statement.relation, statement.with_clause);
    rows.from_query = statement.n_using_clause > 0;
    read_where(statement.where_clause, rows);
    read_limits(statement.with_clause, statement.using_clause, statement.n_using_clause,
                statement.where_clause, rows);
    return rows;
}

Rows copy_of(const PgQuery__CopyStmt& statement) {
    Rows rows = begin_rows(statement.is_from ? RowsVerb::copy_from : RowsVerb::copy_to,
                           statement.base, statement.relation, nullptr);
    rows.columns = words_of(statement.attlist, statement.n_attlist);
    rows.repeated = repeated_words(rows.columns);
    return rows;
}

}  // namespace

std::optional<Set> setting_by(const PgQuery__SelectStmt& statement) {
    if (statement.n_target_list != 1 || statement.n_from_clause != 0 ||
        statement.where_clause != nullptr || statement.with_clause != nullptr)
        return std::nullopt;
    const Node* target = statement.target_list[0];
    const Node* value =
        target->node_case == PG_QUERY__NODE__NODE_RES_TARGET ? target->res_target->val : nullptr;
    if (value == nullptr || value->node_case != PG_QUERY__NODE__NODE_FUNC_CALL) return std::nullopt;
    const PgQuery__FuncCall& call = *value->func_call;
    const ObjectName function = name_of(call.funcname, call.n_funcname);
    if (function.name != "set_config" || call.n_args != 3 ||
        (!function.schema.empty() && function.schema != "pg_catalog"))
        return std::nullopt;
    Set set{lower(value_of(call.args[0])), value_of(call.args[2]) == "true", false, {}};
    set.values.push_back(value_of(call.args[1]));
    if (set.name.empty()) return std::nullopt;
    return set;
}

namespace {

Action select_of(const PgQuery__SelectStmt& statement) {
    if (auto set = setting_by(statement)) return *std::move(set);
    if (statement.into_clause != nullptr) {
        CreateTableAs create;
        create.object = ObjectKind::table;
        create.is_select_into = true;
        create.table = name_of(statement.into_clause->rel);
        create.temporary = is_temporary(statement.into_clause->rel);
        create.reads = relations_in(statement.base);
        create.repeated = repeated_in(statement);
        create.all = expression_of(statement.base);
        create.row_count = row_count_of(statement);
        std::erase(create.reads, create.table);
        return create;
    }
    Rows rows = begin_rows(RowsVerb::select, statement.base, nullptr, statement.with_clause);
    read_where(statement.where_clause, rows);
    return rows;
}

std::vector<ObjectName> relations(Node* const* nodes, std::size_t count) {
    std::vector<ObjectName> names;
    for (std::size_t index = 0; index < count; ++index) names.push_back(name_of(nodes[index]));
    return names;
}

std::vector<ObjectName> vacuumed(const PgQuery__VacuumStmt& statement) {
    std::vector<ObjectName> names;
    for (std::size_t index = 0; index < statement.n_rels; ++index)
        if (statement.rels[index]->node_case == PG_QUERY__NODE__NODE_VACUUM_RELATION)
            names.push_back(name_of(statement.rels[index]->vacuum_relation->relation));
    return names;
}

// "VACUUM (FULL off)" is none.
bool says(const std::vector<Option>& options, std::string_view name) {
    return std::any_of(options.begin(), options.end(), [&](const Option& option) {
        return option.name == name && option.value != "false" && option.value != "off" &&
               option.value != "0";
    });
}

Vacuum vacuum_of(const PgQuery__VacuumStmt& statement) {
    const auto options = options_of(statement.options, statement.n_options);
    return {statement.is_vacuumcmd != 0, says(options, "full"),
            statement.is_vacuumcmd == 0 || says(options, "analyze"), vacuumed(statement)};
}

ObjectKind reindexed(PgQuery__ReindexObjectType type) {
    switch (static_cast<int>(type)) {
        case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX:
            return ObjectKind::index;
        case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE:
            return ObjectKind::table;
        case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA:
            return ObjectKind::schema;
        case PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_DATABASE:
            return ObjectKind::database;
        default:
            return ObjectKind::other;
    }
}

Reindex reindex_of(const PgQuery__ReindexStmt& statement) {
    const auto options = options_of(statement.params, statement.n_params);
    Reindex reindex{reindexed(statement.kind), name_of(statement.relation),
                    says(options, "concurrently"), says(options, "tablespace")};
    if (reindex.name.name.empty()) reindex.name.name = text_of(statement.name);
    return reindex;
}

}  // namespace

const Node* run_by(const Node& node) {
    if (node.node_case == PG_QUERY__NODE__NODE_PREPARE_STMT) return node.prepare_stmt->query;
    if (node.node_case == PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT)
        return node.declare_cursor_stmt->query;
    if (node.node_case != PG_QUERY__NODE__NODE_EXPLAIN_STMT) return nullptr;
    const PgQuery__ExplainStmt& explain = *node.explain_stmt;
    return says(options_of(explain.options, explain.n_options), "analyze") ? explain.query
                                                                           : nullptr;
}

Action describe_rows(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_SELECT_STMT:
            return select_of(*node.select_stmt);
        case PG_QUERY__NODE__NODE_INSERT_STMT:
            return insert_of(*node.insert_stmt);
        case PG_QUERY__NODE__NODE_UPDATE_STMT:
            return update_of(*node.update_stmt);
        case PG_QUERY__NODE__NODE_DELETE_STMT:
            return delete_of(*node.delete_stmt);
        case PG_QUERY__NODE__NODE_MERGE_STMT:
            return merge_of(*node.merge_stmt);
        case PG_QUERY__NODE__NODE_CALL_STMT:
            return begin_rows(RowsVerb::select, node.call_stmt->base, nullptr, nullptr);
        case PG_QUERY__NODE__NODE_COPY_STMT:
            return copy_of(*node.copy_stmt);
        case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
            return Truncate{
                relations(node.truncate_stmt->relations, node.truncate_stmt->n_relations),
                node.truncate_stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE,
                node.truncate_stmt->restart_seqs != 0};
        case PG_QUERY__NODE__NODE_LOCK_STMT:
            return LockTable{relations(node.lock_stmt->relations, node.lock_stmt->n_relations),
                             node.lock_stmt->mode, node.lock_stmt->nowait != 0};
        case PG_QUERY__NODE__NODE_VACUUM_STMT:
            return vacuum_of(*node.vacuum_stmt);
        case PG_QUERY__NODE__NODE_CLUSTER_STMT:
            return Cluster{name_of(node.cluster_stmt->relation),
                           text_of(node.cluster_stmt->indexname)};
        case PG_QUERY__NODE__NODE_REINDEX_STMT:
            return reindex_of(*node.reindex_stmt);
        case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
            return RefreshView{name_of(node.refresh_mat_view_stmt->relation),
                               node.refresh_mat_view_stmt->concurrent != 0,
                               node.refresh_mat_view_stmt->skip_data != 0};
        default:
            return Other{};
    }
}

}  // namespace migrations::sql
