#include "adapters/postgres/concurrent_index.hpp"

#include <algorithm>
#include <string_view>

namespace adapters::postgres {

namespace {

using migrations::ConcurrentIndex;
using migrations::IndexAction;

constexpr const char* doing = "looking for invalid indexes";

std::string qualified(const std::string& schema, const std::string& name) {
    return (schema.empty() ? "" : quoted_identifier(schema) + ".") + quoted_identifier(name);
}

// The table, as an SQL expression of $1.
std::string table_expression(const ConcurrentIndex& index) {
    if (!index.table.empty()) return "pg_catalog.to_regclass($1)";
    return "(SELECT indrelid FROM pg_catalog.pg_index"
           " WHERE indexrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1))";
}

std::string table_parameter(const ConcurrentIndex& index) {
    return qualified(index.schema, index.table.empty() ? index.index : index.table);
}

// "name_ccnew3" and "name_ccold": what REINDEX CONCURRENTLY calls its copies; `name` may be cut.
bool is_rebuild_copy(std::string_view name, std::string_view original) {
    while (!name.empty() && name.back() >= '0' && name.back() <= '9') name.remove_suffix(1);
    if (!name.ends_with("_ccnew") && !name.ends_with("_ccold")) return false;
    name.remove_suffix(std::string_view{"_ccnew"}.size());
    return original.starts_with(name);
}

bool matches(const ConcurrentIndex& index, const std::string& name) {
    switch (index.action) {
        case IndexAction::create:
            return index.index.empty() ? !is_rebuild_copy(name, name) : name == index.index;
        case IndexAction::reindex:
            return is_rebuild_copy(name, index.index.empty() ? name : index.index);
        case IndexAction::drop:
            return false;  // dropping goes on where it stopped
    }
    return false;
}

bool names_table(const ConcurrentIndex& index, const Values& row) {
    const bool same_schema = index.schema.empty() || row[1] == index.schema;
    if (!index.table.empty()) return same_schema && row[2] == index.table;
    if (index.index.empty()) return true;  // a whole schema or database
    return same_schema && (row[3] == index.index || is_rebuild_copy(*row[3], index.index));
}

}  // namespace

ledger::Result<std::vector<std::string>> leftovers(const Ask& ask, const ConcurrentIndex& index,
                                                   const std::vector<std::string>& indexes_before) {
    if (index.table.empty() && index.index.empty()) return std::vector<std::string>{};
    const auto table = table_expression(index);
    const auto rows =
        ask({"SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), c.relname,"
             " EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p"
             " WHERE p.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()"
             " AND (p.relid IS NULL OR p.relid OPERATOR(pg_catalog.=) i.indrelid))"
             " FROM pg_catalog.pg_index i"
             " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid"
             " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
             " WHERE NOT i.indisvalid AND c.relkind OPERATOR(pg_catalog.=) 'i'"
             " AND i.indrelid OPERATOR(pg_catalog.=) " +
                 table,
             {table_parameter(index)}});
    if (!rows) return ledger::fail(to_error(rows.error(), doing));
    std::vector<std::string> found;
    for (const auto& row : rows->values) {
        const auto& name = text_of(row[0]);
        const bool is_older =
            std::find(indexes_before.begin(), indexes_before.end(), name) != indexes_before.end();
        if (is_older || !matches(index, text_of(row[1]))) continue;
        if (row[2] == "t")
            return ledger::fail(ledger::Code::refused, "index-being-built",
                                "an earlier try left the invalid index " + name +
                                    ", and a session may still be building it",
                                "wait for it (pg_stat_progress_create_index), or end that session, "
                                "then run again");
        found.push_back(name);
    }
    return found;
}

ledger::Result<IndexState> state_of(const Ask& ask, const ConcurrentIndex& index) {
    const bool by_table = index.action == IndexAction::create;
    const auto rows = ask(by_table ? Command{"SELECT i.indisvalid FROM pg_catalog.pg_index i"
                                             " JOIN pg_catalog.pg_class c"
                                             " ON c.oid OPERATOR(pg_catalog.=) i.indexrelid"
                                             " WHERE i.indrelid"
                                             " OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"
                                             " AND c.relname OPERATOR(pg_catalog.=) $2",
                                             {qualified(index.schema, index.table), index.index}}
                                   : Command{"SELECT indisvalid FROM pg_catalog.pg_index"
                                             " WHERE indexrelid"
                                             " OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)",
                                             {qualified(index.schema, index.index)}});
    if (!rows) return ledger::fail(to_error(rows.error(), doing));
    if (rows->values.empty()) return IndexState::absent;
    return rows->values.front().at(0) == "t" ? IndexState::valid : IndexState::invalid;
}

ledger::Result<std::vector<std::string>> invalid_indexes_of(const Ask& ask,
                                                            const migrations::Script& script) {
    std::vector<std::string> found;
    const auto is_concurrent = [](const auto& each) { return each.concurrent_index.has_value(); };
    if (std::none_of(script.statements.begin(), script.statements.end(), is_concurrent))
        return found;
    const auto rows = ask(
        {"SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), tn.nspname, t.relname, c.relname"
         " FROM pg_catalog.pg_index i"
         " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid"
         " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
         " JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) i.indrelid"
         " JOIN pg_catalog.pg_namespace tn ON tn.oid OPERATOR(pg_catalog.=) t.relnamespace"
         " WHERE NOT i.indisvalid AND c.relkind OPERATOR(pg_catalog.=) 'i' ORDER BY 1",
         {}});
    if (!rows) return ledger::fail(to_error(rows.error(), doing));
    for (const auto& row : rows->values) {
        const auto is_named = [&](const migrations::Statement& each) {
            return each.concurrent_index && names_table(*each.concurrent_index, row);
        };
        if (std::any_of(script.statements.begin(), script.statements.end(), is_named))
            found.push_back(text_of(row[0]));
    }
    return found;
}

}  // namespace adapters::postgres
