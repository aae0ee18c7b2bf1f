#include "migrations/sql/tree_reading.hpp"

#include "migrations/sql/conditions.hpp"

#include <algorithm>
#include <cstddef>
#include <set>

namespace migrations::sql {

namespace {

template <class Value>
const Value& member_at(const ProtobufCMessage& message, std::size_t offset) {
    return *reinterpret_cast<const Value*>(reinterpret_cast<const char*>(&message) + offset);
}

void walk_field(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field,
                const SeeMessage& see) {
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) return;
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
        const auto count = member_at<std::size_t>(message, field.quantifier_offset);
        auto* const* items = member_at<ProtobufCMessage* const*>(message, field.offset);
        for (std::size_t index = 0; index < count; ++index) walk(*items[index], see);
        return;
    }
    const bool is_alternative = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (is_alternative && member_at<std::uint32_t>(message, field.quantifier_offset) != field.id)
        return;
    const auto* below = member_at<const ProtobufCMessage*>(message, field.offset);
    if (below != nullptr) walk(*below, see);
}

// A node has one of 240 messages below it, all held in one place: none but that one is looked for.
bool walk_node(const ProtobufCMessage& message, const SeeMessage& see) {
    const auto* node = as<Node>(message, pg_query__node__descriptor);
    if (node == nullptr) return false;
    const auto* below = member_at<const ProtobufCMessage*>(message, offsetof(Node, alias));
    if (node->node_case != PG_QUERY__NODE__NODE__NOT_SET && below != nullptr) walk(*below, see);
    return true;
}

bool is_constant(const Node* node) {
    return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_A_CONST;
}

bool is_literal(const Node* node) {
    if (node == nullptr) return false;
    switch (static_cast<int>(node->node_case)) {
        case PG_QUERY__NODE__NODE_A_CONST:
            return true;
        case PG_QUERY__NODE__NODE_TYPE_CAST:
            return is_literal(node->type_cast->arg);
        case PG_QUERY__NODE__NODE_A_EXPR:
            return node->a_expr->lexpr == nullptr && is_literal(node->a_expr->rexpr);
        case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
            return std::all_of(node->a_array_expr->elements,
                               node->a_array_expr->elements + node->a_array_expr->n_elements,
                               [](const Node* element) { return is_literal(element); });
        default:
            return false;
    }
}

bool is_null(const Node* node) {
    if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) return is_null(node->type_cast->arg);
    return is_constant(node) && node->a_const->isnull;
}

bool is_column(const Node* node) {
    if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) return is_column(node->type_cast->arg);
    return node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF;
}

std::string last_column(const PgQuery__ColumnRef& reference) {
    if (reference.n_fields == 0) return {};
    const Node* last = reference.fields[reference.n_fields - 1];
    return last->node_case == PG_QUERY__NODE__NODE_STRING ? text_of(last->string->sval) : "*";
}

void add_not_null(const Node* node, bool is_negated, std::vector<std::string>& columns);

// c IS DISTINCT FROM NULL is c IS NOT NULL to the server.
void add_distinct(const PgQuery__AExpr& test, bool is_negated, std::vector<std::string>& columns) {
    const auto kind = is_negated ? PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT
                                 : PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT;
    if (test.kind != kind) return;
    const Node* column = is_null(test.rexpr)   ? test.lexpr
                         : is_null(test.lexpr) ? test.rexpr
                                               : nullptr;
    if (column != nullptr && column->node_case == PG_QUERY__NODE__NODE_COLUMN_REF)
        columns.push_back(last_column(*column->column_ref));
}

// The server brings NOT down to the tests: NOT (a IS NULL OR b IS NULL) says that of both.
void add_not_null(const PgQuery__BoolExpr& parts, bool is_negated,
                  std::vector<std::string>& columns) {
    const bool is_not = parts.boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR;
    const auto joined =
        is_negated ? PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR : PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR;
    if (!is_not && parts.boolop != joined) return;
    for (std::size_t index = 0; index < parts.n_args; ++index)
        add_not_null(parts.args[index], is_negated != is_not, columns);
}

void add_not_null(const Node* node, bool is_negated, std::vector<std::string>& columns) {
    if (node == nullptr) return;
    if (node->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR)
        add_not_null(*node->bool_expr, is_negated, columns);
    if (node->node_case == PG_QUERY__NODE__NODE_A_EXPR)
        add_distinct(*node->a_expr, is_negated, columns);
    if (node->node_case != PG_QUERY__NODE__NODE_NULL_TEST) return;
    const PgQuery__NullTest& test = *node->null_test;
    const bool is_not_null = test.nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL;
    if (is_not_null != is_negated && test.arg &&
        test.arg->node_case == PG_QUERY__NODE__NODE_COLUMN_REF)
        columns.push_back(last_column(*test.arg->column_ref));
}

std::string word_of(PgQuery__SQLValueFunctionOp op) {
    switch (static_cast<int>(op)) {
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE:
            return "current_date";
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME:
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N:
            return "current_time";
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N:
            return "current_timestamp";
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME:
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
            return "localtime";
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP:
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
            return "localtimestamp";
        default:
            return "current_user";
    }
}

std::string qualified(const ObjectName& name) {
    return name.schema.empty() || name.schema == "pg_catalog" ? name.name
                                                              : name.schema + "." + name.name;
}

bool see_part(const ProtobufCMessage& message, Expression& expression) {
    if (const auto* call = as<PgQuery__FuncCall>(message, pg_query__func_call__descriptor))
        expression.functions.push_back(qualified(name_of(call->funcname, call->n_funcname)));
    if (const auto* value =
            as<PgQuery__SQLValueFunction>(message, pg_query__sqlvalue_function__descriptor))
        expression.functions.push_back(word_of(value->op));
    if (const auto* column = as<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor))
        expression.columns.push_back(last_column(*column));
    if (const auto* constant = as<PgQuery__AConst>(message, pg_query__a__const__descriptor))
        if (constant->val_case == PG_QUERY__A__CONST__VAL_SVAL)
            expression.literals.push_back(text_of(constant->sval->sval));
    if (const auto* cast = as<PgQuery__TypeCast>(message, pg_query__type_cast__descriptor))
        expression.casts.push_back(type_of(cast->type_name));
    if (message.descriptor == &pg_query__sub_link__descriptor) expression.has_subquery = true;
    return true;
}

}  // namespace

void walk(const ProtobufCMessage& message, const SeeMessage& see) {
    if (!see(message) || walk_node(message, see)) return;
    for (unsigned index = 0; index < message.descriptor->n_fields; ++index)
        walk_field(message, message.descriptor->fields[index], see);
}

std::vector<std::string> words_of(Node* const* nodes, std::size_t count) {
    std::vector<std::string> words;
    for (std::size_t index = 0; index < count; ++index)
        if (nodes[index]->node_case == PG_QUERY__NODE__NODE_STRING)
            words.push_back(text_of(nodes[index]->string->sval));
    return words;
}

ObjectName name_of(const std::vector<std::string>& words) {
    ObjectName name;
    if (!words.empty()) name.name = words.back();
    if (words.size() > 1) name.schema = words[words.size() - 2];
    return name;
}

ObjectName name_of(Node* const* nodes, std::size_t count) {
    return name_of(words_of(nodes, count));
}

ObjectName name_of(const PgQuery__RangeVar* relation) {
    if (relation == nullptr) return {};
    return {text_of(relation->schemaname), text_of(relation->relname), byte_of(relation->location)};
}

ObjectName name_of(const Node* object) {
    if (object == nullptr) return {};
    switch (static_cast<int>(object->node_case)) {
        case PG_QUERY__NODE__NODE_LIST:
            return name_of(object->list->items, object->list->n_items);
        case PG_QUERY__NODE__NODE_STRING:
            return {"", text_of(object->string->sval), 0};
        case PG_QUERY__NODE__NODE_RANGE_VAR:
            return name_of(object->range_var);
        case PG_QUERY__NODE__NODE_TYPE_NAME: {
            const TypeName type = type_of(object->type_name);
            return {type.schema, type.name, type.begin};
        }
        case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
            return name_of(object->object_with_args->objname, object->object_with_args->n_objname);
        default:
            return {};
    }
}

TypeName type_of(const PgQuery__TypeName* type) {
    TypeName answer;
    if (type == nullptr) return answer;
    const ObjectName name = name_of(type->names, type->n_names);
    answer.schema = name.schema == "pg_catalog" ? "" : name.schema;
    answer.name = name.name;
    answer.array_dimensions = static_cast<int>(type->n_array_bounds);
    answer.begin = byte_of(type->location);
    for (std::size_t index = 0; index < type->n_typmods; ++index)
        if (is_constant(type->typmods[index]) &&
            type->typmods[index]->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL)
            answer.modifiers.push_back(type->typmods[index]->a_const->ival->ival);
    return answer;
}

Expression expression_of(const ProtobufCMessage& message) {
    Expression expression;
    expression.is_there = true;
    walk(message, [&](const ProtobufCMessage& each) { return see_part(each, expression); });
    return expression;
}

Expression expression_of(const Node* node) {
    if (node == nullptr) return {};
    Expression expression = expression_of(node->base);
    expression.is_literal = is_literal(node);
    expression.is_null = is_null(node);
    expression.is_column = is_column(node);
    expression.is_true = always_holds(node);
    expression.comparisons = comparisons_of(node);
    add_not_null(node, false, expression.not_null_columns);
    return expression;
}

std::vector<ObjectName> relations_in(const ProtobufCMessage& message) {
    std::vector<ObjectName> relations;
    std::set<std::string> common_tables;
    walk(message, [&](const ProtobufCMessage& each) {
        if (const auto* relation = as<PgQuery__RangeVar>(each, pg_query__range_var__descriptor))
            relations.push_back(name_of(relation));
        if (const auto* common =
                as<PgQuery__CommonTableExpr>(each, pg_query__common_table_expr__descriptor))
            common_tables.insert(text_of(common->ctename));
        return true;
    });
    std::erase_if(relations, [&](const ObjectName& name) {
        return name.schema.empty() && common_tables.contains(name.name);
    });
    return relations;
}

std::string value_of(const Node* node) {
    if (node == nullptr) return {};
    switch (static_cast<int>(node->node_case)) {
        case PG_QUERY__NODE__NODE_STRING:
            return text_of(node->string->sval);
        case PG_QUERY__NODE__NODE_INTEGER:
            return std::to_string(node->integer->ival);
        case PG_QUERY__NODE__NODE_FLOAT:
            return text_of(node->float_->fval);
        case PG_QUERY__NODE__NODE_BOOLEAN:
            return node->boolean->boolval ? "true" : "false";
        case PG_QUERY__NODE__NODE_TYPE_NAME:
            return type_of(node->type_name).name;
        case PG_QUERY__NODE__NODE_TYPE_CAST:
            return value_of(node->type_cast->arg);
        case PG_QUERY__NODE__NODE_A_CONST:
            break;
        default:
            return {};
    }
    const PgQuery__AConst& constant = *node->a_const;
    switch (static_cast<int>(constant.val_case)) {
        case PG_QUERY__A__CONST__VAL_IVAL:
            return std::to_string(constant.ival->ival);
        case PG_QUERY__A__CONST__VAL_FVAL:
            return text_of(constant.fval->fval);
        case PG_QUERY__A__CONST__VAL_BOOLVAL:
            return constant.boolval->boolval ? "true" : "false";
        case PG_QUERY__A__CONST__VAL_SVAL:
            return text_of(constant.sval->sval);
        default:
            return {};
    }
}

std::vector<Option> options_of(Node* const* nodes, std::size_t count) {
    std::vector<Option> options;
    for (std::size_t index = 0; index < count; ++index)
        if (nodes[index]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM)
            options.push_back(
                {text_of(nodes[index]->def_elem->defname), value_of(nodes[index]->def_elem->arg)});
    return options;
}

bool is_temporary(const PgQuery__RangeVar* relation) {
    return relation != nullptr && text_of(relation->relpersistence) == "t";
}

bool is_unlogged(const PgQuery__RangeVar* relation) {
    return relation != nullptr && text_of(relation->relpersistence) == "u";
}

std::size_t row_count_of(const PgQuery__SelectStmt& query) {
    if (query.n_values_lists > 0) return query.n_values_lists;
    if (query.n_from_clause > 0 || query.with_clause != nullptr) return 0;
    if (query.larg == nullptr || query.rarg == nullptr)
        return expression_of(query.base).functions.empty() ? 1 : 0;
    const std::size_t left = row_count_of(*query.larg);
    const std::size_t right = row_count_of(*query.rarg);
    return left > 0 && right > 0 ? left + right : 0;
}

}  // namespace migrations::sql
