#include "migrations/sql/query_columns.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace migrations::sql {

namespace {

struct QuerySource {
    std::string name;                 // its alias, where it has one
    std::optional<std::size_t> read;  // nothing: no relation, but a subquery, a function, a WITH
};

using QueryScope = std::vector<QuerySource>;

bool is_query(const ProtobufCMessage& message) {
    const auto* descriptor = message.descriptor;
    return descriptor == &pg_query__select_stmt__descriptor ||
           descriptor == &pg_query__insert_stmt__descriptor ||
           descriptor == &pg_query__update_stmt__descriptor ||
           descriptor == &pg_query__delete_stmt__descriptor ||
           descriptor == &pg_query__merge_stmt__descriptor;
}

// What stands in it does not see the relations beside it.
bool is_closed(const ProtobufCMessage& message) {
    const auto* subquery =
        as<PgQuery__RangeSubselect>(message, pg_query__range_subselect__descriptor);
    return message.descriptor == &pg_query__common_table_expr__descriptor ||
           (subquery != nullptr && subquery->lateral == 0);
}

std::string name_of_alias(const PgQuery__Alias* alias) {
    return alias == nullptr ? std::string{} : text_of(alias->aliasname);
}

// By which ORDER BY names what the query gives, before any column of its relations.
std::set<const PgQuery__ColumnRef*> sorted_by_alias(const ProtobufCMessage& message) {
    std::set<const PgQuery__ColumnRef*> found;
    const auto* query = as<PgQuery__SelectStmt>(message, pg_query__select_stmt__descriptor);
    if (query == nullptr) return found;
    std::set<std::string> given;
    for (std::size_t index = 0; index < query->n_target_list; ++index)
        if (query->target_list[index]->node_case == PG_QUERY__NODE__NODE_RES_TARGET)
            given.insert(text_of(query->target_list[index]->res_target->name));
    for (std::size_t index = 0; index < query->n_sort_clause; ++index) {
        const Node* item = query->sort_clause[index];
        if (item->node_case != PG_QUERY__NODE__NODE_SORT_BY) continue;
        const Node* by = item->sort_by->node;
        if (by == nullptr || by->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) continue;
        const auto words = sql::words_of(by->column_ref->fields, by->column_ref->n_fields);
        if (words.size() == 1 && given.contains(words.front())) found.insert(by->column_ref);
    }
    return found;
}

class QueryColumns {
public:
    explicit QueryColumns(const std::vector<ObjectName>& reads) : reads_{reads} {}

    std::vector<ColumnUse> of(const ProtobufCMessage& message) {
        read(message);
        return std::move(uses_);
    }

private:
    void read(const ProtobufCMessage& query) {
        scopes_.push_back(sources_of(query));
        look(query, sorted_by_alias(query));
        scopes_.pop_back();
    }

    void look(const ProtobufCMessage& top, const std::set<const PgQuery__ColumnRef*>& spared) {
        walk(top, [&](const ProtobufCMessage& each) {
            if (&each == &top) return true;
            if (is_query(each)) {
                read(each);
                return false;
            }
            if (is_closed(each)) {
                QueryScope hidden = std::exchange(scopes_.back(), {});
                look(each, {});
                scopes_.back() = std::move(hidden);
                return false;
            }
            if (const auto* column = as<PgQuery__ColumnRef>(each, pg_query__column_ref__descriptor))
                if (!spared.contains(column)) add(*column);
            if (const auto* join = as<PgQuery__JoinExpr>(each, pg_query__join_expr__descriptor))
                add_using(*join);
            return true;
        });
    }

    [[nodiscard]] std::optional<std::size_t> place_of(const PgQuery__RangeVar& relation) const {
        const auto found = std::find(reads_.begin(), reads_.end(), name_of(&relation));
        if (found == reads_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - reads_.begin());
    }

    [[nodiscard]] QueryScope sources_of(const ProtobufCMessage& query) const {
        QueryScope scope;
        walk(query, [&](const ProtobufCMessage& each) {
            if (&each != &query && is_query(each)) return false;
            if (const auto* table = as<PgQuery__RangeVar>(each, pg_query__range_var__descriptor)) {
                const std::string alias = name_of_alias(table->alias);
                scope.push_back(
                    {alias.empty() ? text_of(table->relname) : alias, place_of(*table)});
            }
            if (const auto* subquery =
                    as<PgQuery__RangeSubselect>(each, pg_query__range_subselect__descriptor))
                scope.push_back({name_of_alias(subquery->alias), std::nullopt});
            if (const auto* function =
                    as<PgQuery__RangeFunction>(each, pg_query__range_function__descriptor))
                scope.push_back({name_of_alias(function->alias), std::nullopt});
            return true;
        });
        return scope;
    }

    void add(const PgQuery__ColumnRef& column) {
        std::vector<std::string> words = sql::words_of(column.fields, column.n_fields);
        if (words.size() < column.n_fields) words.emplace_back("*");
        if (words.size() > 1) return add_qualified(words[words.size() - 2], words.back());
        if (words.empty()) return;
        ColumnUse use{words.back(), {}, {}, words.back() == "*", false};
        for (const QuerySource& source : scopes_.back()) {
            if (source.read) use.near.push_back(*source.read);
            if (!source.read) use.is_beside_others = true;
        }
        for (std::size_t scope = 0; scope + 1 < scopes_.size() && !use.is_sure; ++scope)
            for (const QuerySource& source : scopes_[scope])
                if (source.read) use.outer.push_back(*source.read);
        keep(std::move(use));
    }

    void add_qualified(const std::string& qualifier, const std::string& column) {
        ColumnUse use{column, {}, {}, true, false};
        for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
            bool is_found = false;
            for (const QuerySource& source : *scope) {
                if (source.name != qualifier) continue;
                is_found = true;
                if (source.read) use.near.push_back(*source.read);
            }
            if (is_found) break;
        }
        keep(std::move(use));
    }

    // Both sides have it; what a side joins itself may have it anywhere.
    void add_using(const PgQuery__JoinExpr& join) {
        for (const std::string& column : sql::words_of(join.using_clause, join.n_using_clause))
            for (const Node* side : {join.larg, join.rarg}) {
                if (side == nullptr || side->node_case != PG_QUERY__NODE__NODE_RANGE_VAR) continue;
                if (const auto place = place_of(*side->range_var))
                    keep({column, {*place}, {}, true, false});
            }
    }

    void keep(ColumnUse use) {
        if (!use.near.empty() || !use.outer.empty()) uses_.push_back(std::move(use));
    }

    const std::vector<ObjectName>& reads_;
    std::vector<QueryScope> scopes_;
    std::vector<ColumnUse> uses_;
};

}  // namespace

std::vector<ColumnUse> columns_in(const ProtobufCMessage& message,
                                  const std::vector<ObjectName>& reads) {
    return QueryColumns{reads}.of(message);
}

}  // namespace migrations::sql
