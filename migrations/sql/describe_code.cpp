#include "migrations/sql/lexer.hpp"
#include "migrations/sql/query_columns.hpp"
#include "migrations/sql/tree_reading.hpp"

namespace migrations::sql {

namespace {

// Where the text of the first string at or after `from` begins, within its quotes.
std::size_t string_begin(std::string_view text, std::size_t from) {
    Lexer lexer{text, from};
    for (Token token; lexer.next(token);) {
        if (token.kind == TokenKind::dollar_string) return text.find('$', token.begin + 1) + 1;
        if (token.kind == TokenKind::string) return text.find('\'', token.begin) + 1;
    }
    return 0;
}

char volatility_of(const PgQuery__DefElem& option) {
    const std::string value = value_of(option.arg);
    return value.empty() ? 'v' : value.front();
}

// What a function is made with, and may be given later.
template <class Function>
void read_property(const PgQuery__DefElem& option, Function& function) {
    const std::string name = text_of(option.defname);
    if (name == "security") function.security_definer = value_of(option.arg) == "true";
    if (name == "volatility") function.volatility = volatility_of(option);
    if (name == "set" && option.arg &&
        option.arg->node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT) {
        const auto& set = *option.arg->variable_set_stmt;
        function.settings.push_back(
            {text_of(set.name), set.n_args > 0 ? value_of(set.args[0]) : std::string{}});
    }
}

void read_option(const PgQuery__DefElem& option, std::string_view text, CreateFunction& function) {
    const std::string name = text_of(option.defname);
    read_property(option, function);
    if (name == "language") function.language = value_of(option.arg);
    if (name != "as" || !option.arg || option.arg->node_case != PG_QUERY__NODE__NODE_LIST) return;
    const auto words = words_of(option.arg->list->items, option.arg->list->n_items);
    if (words.empty()) return;
    function.body = words.front();
    function.body_begin = string_begin(text, byte_of(option.location));
}

// BEGIN ATOMIC ... END, or RETURN with an expression.
std::string standard_body_in(std::string_view text) {
    Lexer lexer{text};
    std::string_view before;
    std::size_t begin = 0;
    std::size_t end = text.size();
    for (Token token; lexer.next(token);) {
        if (is_comment(token.kind)) continue;
        const auto word = text.substr(token.begin, token.end - token.begin);
        if (begin == 0 && same_word("return", word))
            return "SELECT " + std::string{text.substr(token.end)};
        if (begin == 0 && same_word("atomic", word) && same_word("begin", before))
            begin = token.end;
        if (same_word("end", word)) end = token.begin;
        before = word;
    }
    return begin == 0 || end < begin ? "" : std::string{text.substr(begin, end - begin)};
}

CreateFunction function_of(const PgQuery__CreateFunctionStmt& statement, std::string_view text) {
    CreateFunction function;
    function.function = name_of(statement.funcname, statement.n_funcname);
    function.replace = statement.replace != 0;
    function.is_procedure = statement.is_procedure != 0;
    function.returns_trigger = type_of(statement.return_type).name == "trigger";
    for (std::size_t index = 0; index < statement.n_options; ++index)
        if (statement.options[index]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM)
            read_option(*statement.options[index]->def_elem, text, function);
    if (statement.sql_body == nullptr) return function;
    if (function.language.empty()) function.language = "sql";
    function.standard_body = standard_body_in(text);
    function.reads = relations_in(statement.sql_body->base);
    function.columns = columns_in(statement.sql_body->base, function.reads);
    return function;
}

AlterFunction alter_function(const PgQuery__AlterFunctionStmt& statement) {
    AlterFunction alter;
    if (const auto* function = statement.func)
        alter.function = name_of(function->objname, function->n_objname);
    for (std::size_t index = 0; index < statement.n_actions; ++index)
        if (const Node* option = statement.actions[index];
            option->node_case == PG_QUERY__NODE__NODE_DEF_ELEM)
            read_property(*option->def_elem, alter);
    return alter;
}

DoBlock block_of(const PgQuery__DoStmt& statement, std::string_view text) {
    DoBlock block{"plpgsql", "", 0};
    for (std::size_t index = 0; index < statement.n_args; ++index) {
        if (statement.args[index]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM) continue;
        const auto& option = *statement.args[index]->def_elem;
        if (text_of(option.defname) == "language") block.language = value_of(option.arg);
        if (text_of(option.defname) != "as") continue;
        block.body = value_of(option.arg);
        block.body_begin = string_begin(text, byte_of(option.location));
    }
    return block;
}

CreateView view_of(const PgQuery__ViewStmt& statement) {
    CreateView view;
    view.view = name_of(statement.view);
    view.replace = statement.replace != 0;
    view.temporary = is_temporary(statement.view);
    view.options = options_of(statement.options, statement.n_options);
    if (statement.query == nullptr) return view;
    view.reads = relations_in(statement.query->base);
    view.columns = columns_in(statement.query->base, view.reads);
    view.all = expression_of(statement.query->base);
    if (statement.n_aliases > 0)
        view.repeated = repeated_words(words_of(statement.aliases, statement.n_aliases));
    else if (statement.query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT)
        view.repeated = repeated_in(*statement.query->select_stmt);
    return view;
}

CreateTrigger trigger_of(const PgQuery__CreateTrigStmt& statement) {
    std::vector<std::string> columns = words_of(statement.columns, statement.n_columns);
    for (std::string& column : expression_of(statement.when_clause).columns)
        columns.push_back(std::move(column));
    return {text_of(statement.trigname),
            name_of(statement.relation),
            name_of(statement.funcname, statement.n_funcname),
            statement.replace != 0,
            statement.isconstraint != 0,
            name_of(statement.constrrel),
            statement.row != 0,
            std::move(columns)};
}

CreatePolicy policy_of(const PgQuery__CreatePolicyStmt& statement) {
    Expression conditions = expression_of(statement.base);
    if (conditions.has_subquery) conditions.columns.clear();
    return {text_of(statement.policy_name), name_of(statement.table),
            std::move(conditions.literals), std::move(conditions.columns)};
}

CreateRule rule_of(const PgQuery__RuleStmt& statement) {
    CreateRule rule{
        text_of(statement.rulename), name_of(statement.relation), statement.replace != 0, {}};
    walk(statement.base, [&](const ProtobufCMessage& each) {
        const auto* reference = as<PgQuery__ColumnRef>(each, pg_query__column_ref__descriptor);
        if (reference == nullptr) return true;
        const auto words = words_of(reference->fields, reference->n_fields);
        if (words.size() == 2 && (words.front() == "old" || words.front() == "new"))
            rule.columns.push_back(words.back());
        return false;
    });
    return rule;
}

}  // namespace

Action describe_code(const Node& node, std::string_view text) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
            return function_of(*node.create_function_stmt, text);
        case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT:
            return alter_function(*node.alter_function_stmt);
        case PG_QUERY__NODE__NODE_DO_STMT:
            return block_of(*node.do_stmt, text);
        case PG_QUERY__NODE__NODE_VIEW_STMT:
            return view_of(*node.view_stmt);
        case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
            return trigger_of(*node.create_trig_stmt);
        case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
            return policy_of(*node.create_policy_stmt);
        case PG_QUERY__NODE__NODE_RULE_STMT:
            return rule_of(*node.rule_stmt);
        default:
            return Other{};
    }
}

}  // namespace migrations::sql
