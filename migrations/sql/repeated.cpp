#include "migrations/sql/tree_reading.hpp"

#include <map>
#include <set>

namespace migrations::sql {

namespace {

// The name that PostgreSQL gives a column of a result, where it is one that may be said twice.
std::string result_name(const PgQuery__ResTarget& target) {
    if (is_said(target.name)) return target.name;
    const Node* value = target.val;
    if (value == nullptr || value->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) return {};
    const PgQuery__ColumnRef& reference = *value->column_ref;
    if (reference.n_fields == 0) return {};
    const Node* last = reference.fields[reference.n_fields - 1];
    return last->node_case == PG_QUERY__NODE__NODE_STRING ? text_of(last->string->sval) : "";
}

}  // namespace

std::vector<std::string> repeated_words(const std::vector<std::string>& words) {
    std::vector<std::string> repeated;
    std::set<std::string> seen;
    for (const std::string& word : words)
        if (!word.empty() && !seen.insert(word).second) repeated.push_back(word);
    return repeated;
}

std::vector<std::string> repeated_in(Node* const* targets, std::size_t count) {
    std::vector<std::string> repeated;
    std::map<std::string, bool> whole;  // by name: all of it was assigned, not a part
    for (std::size_t index = 0; index < count; ++index) {
        if (targets[index]->node_case != PG_QUERY__NODE__NODE_RES_TARGET) continue;
        const PgQuery__ResTarget& target = *targets[index]->res_target;
        const bool is_whole = target.n_indirection == 0;
        const auto [found, is_new] = whole.try_emplace(text_of(target.name), is_whole);
        if (!is_new && (is_whole || found->second)) repeated.push_back(found->first);
    }
    return repeated;
}

std::vector<std::string> repeated_in(const PgQuery__SelectStmt& query) {
    const PgQuery__SelectStmt* first = &query;
    while (first->larg != nullptr) first = first->larg;
    std::vector<std::string> names;
    for (std::size_t index = 0; index < first->n_target_list; ++index)
        if (first->target_list[index]->node_case == PG_QUERY__NODE__NODE_RES_TARGET)
            names.push_back(result_name(*first->target_list[index]->res_target));
    return repeated_words(names);
}

}  // namespace migrations::sql
