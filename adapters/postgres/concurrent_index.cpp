#include "adapters/postgres/concurrent_index.hpp"

#include <algorithm>
#include <string_view>

namespace adapters::postgres {

namespace {

using migrations::ConcurrentIndex;
using migrations::IndexAction;

constexpr const char* doing = "looking for invalid indexes";

bool is_of_many(const ConcurrentIndex& index) {
    return index.action == IndexAction::reindex && index.table.empty() && index.index.empty();
}

std::string parameter(const ConcurrentIndex& index) {
    if (is_of_many(index)) return index.schema;
    return qualified(index.schema, index.table.empty() ? index.index : index.table);
}

// The tables whose indexes the statement builds anew, as SQL of $1.
std::string rebuilt_tables(const ConcurrentIndex& index) {
    if (is_of_many(index))
        return "SELECT c.oid AS relid FROM pg_catalog.pg_class c"
               " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
               " WHERE $1 OPERATOR(pg_catalog.=) '' OR n.nspname OPERATOR(pg_catalog.=) $1";
    return "SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS relid"
           " UNION SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1))";
}

// A table's own rebuilding takes that of its TOAST table along, and an index's does not.
std::string rebuilt_indexes(const ConcurrentIndex& index) {
    const std::string indexes =
        "SELECT i.indrelid AS relid, c.relname AS original FROM pg_catalog.pg_index i"
        " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid";
    if (!index.index.empty())
        return indexes +
               " WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"
               " OR c.oid OPERATOR(pg_catalog.=) ANY (SELECT relid FROM"
               " pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1)))";
    return "WITH rebuilt AS (" + rebuilt_tables(index) + ") " + indexes +
           " WHERE i.indrelid OPERATOR(pg_catalog.=) ANY (SELECT relid FROM rebuilt"
           " UNION SELECT c.reltoastrelid FROM rebuilt"
           " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) relid)";
}

// The tables to look at, as SQL of $1; with each, the indexes of it that are rebuilt, one a row.
std::string asked_tables(const ConcurrentIndex& index) {
    if (index.action == IndexAction::reindex) return rebuilt_indexes(index);
    return "SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS relid,"
           " NULL::pg_catalog.name AS original";
}

// Of "name_ccnew3" and "name_ccold", what REINDEX CONCURRENTLY calls its copies: "name".
std::optional<std::string_view> copied_name(std::string_view copy) {
    while (!copy.empty() && copy.back() >= '0' && copy.back() <= '9') copy.remove_suffix(1);
    if (!copy.ends_with("_ccnew") && !copy.ends_with("_ccold")) return std::nullopt;
    copy.remove_suffix(std::string_view{"_ccnew"}.size());
    return copy;
}

// The server cuts the original's name, at a character's end, where the whole would be too long.
bool is_rebuild_copy(std::string_view copy, std::string_view original) {
    constexpr std::size_t name_bytes_max = 63;
    constexpr std::size_t character_bytes_max = 4;
    const auto stem = copied_name(copy);
    if (!stem) return false;
    const bool is_cut = original.size() + (copy.size() - stem->size()) > name_bytes_max &&
                        copy.size() + character_bytes_max > name_bytes_max;
    return original == *stem || (is_cut && original != copy && original.starts_with(*stem));
}

bool matches(const ConcurrentIndex& index, const std::string& name,
             const std::optional<std::string>& original) {
    switch (index.action) {
        case IndexAction::create:
            return index.index.empty() ? !copied_name(name) : name == index.index;
        case IndexAction::reindex:
            return original && is_rebuild_copy(name, *original);
        case IndexAction::drop:
            return false;  // dropping goes on where it stopped
    }
    return false;
}

// An index; a table by whose name it may be reached: its own, the one whose TOAST table that is, or
// one that it is a partition of; and whether that is another one.
struct Reached {
    std::string schema;
    std::string table;
    std::string index;
    bool is_other{};
};

bool names_table(const ConcurrentIndex& index, const Reached& reached) {
    const bool same_schema = index.schema.empty() || reached.schema == index.schema;
    const bool is_copy = copied_name(reached.index).has_value();
    const bool may_be_reached =
        !reached.is_other || (index.action == IndexAction::reindex && is_copy);
    if (!same_schema || !may_be_reached) return false;
    if (is_of_many(index)) return is_copy;
    if (!index.table.empty()) return reached.table == index.table;
    return reached.is_other || reached.index == index.index ||
           is_rebuild_copy(reached.index, index.index);
}

}  // namespace

std::string qualified(const std::string& schema, const std::string& name) {
    return (schema.empty() ? "" : quoted_identifier(schema) + ".") + quoted_identifier(name);
}

ledger::Result<std::vector<std::string>> leftovers(const Ask& ask, const ConcurrentIndex& index,
                                                   const std::vector<std::string>& indexes_before) {
    if (index.action == IndexAction::drop) return std::vector<std::string>{};
    const auto rows =
        ask({"SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), c.relname,"
             " EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p"
             " WHERE p.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()"
             " AND (p.relid IS NULL OR p.relid OPERATOR(pg_catalog.=) i.indrelid))"
             " OR EXISTS (SELECT FROM pg_catalog.pg_locks l"
             " WHERE l.relation OPERATOR(pg_catalog.=) i.indexrelid"
             " AND l.mode OPERATOR(pg_catalog.=) 'ShareUpdateExclusiveLock'"
             " AND l.granted AND l.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()"
             " AND l.database OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_database"
             " WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database())), a.original"
             " FROM (" +
                 asked_tables(index) +
                 ") a JOIN pg_catalog.pg_index i"
                 " ON i.indrelid OPERATOR(pg_catalog.=) a.relid"
                 " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid"
                 " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
                 " WHERE NOT i.indisvalid AND c.relkind OPERATOR(pg_catalog.=) 'i' ORDER BY 1",
             {parameter(index)}});
    if (!rows) return ledger::fail(to_error(rows.error(), doing));
    std::vector<std::string> found;
    for (const auto& row : rows->values) {
        const auto& name = text_of(row[0]);
        const bool is_older =
            std::find(indexes_before.begin(), indexes_before.end(), name) != indexes_before.end();
        if (is_older || !matches(index, text_of(row[1]), row[3])) continue;
        if (row[2] == "t")
            return ledger::fail(ledger::Code::refused, "index-being-built",
                                "an earlier try left the invalid index " + name +
                                    ", and a session may still be building it",
                                "wait for it (pg_stat_progress_create_index), or end that session, "
                                "then run again");
        if (found.empty() || found.back() != name) found.push_back(name);
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
    const auto rows =
        ask({"SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), tn.nspname, t.relname,"
             " c.relname, t.oid OPERATOR(pg_catalog.<>) i.indrelid"
             " FROM pg_catalog.pg_index i"
             " JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid"
             " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
             " LEFT JOIN pg_catalog.pg_class o ON o.reltoastrelid OPERATOR(pg_catalog.=) i.indrelid"
             " JOIN pg_catalog.pg_class t ON t.oid OPERATOR(pg_catalog.=) i.indrelid"
             " OR t.oid OPERATOR(pg_catalog.=) o.oid OR t.oid OPERATOR(pg_catalog.=) ANY"
             " (SELECT pg_catalog.pg_partition_ancestors(COALESCE(o.oid, i.indrelid)))"
             " JOIN pg_catalog.pg_namespace tn ON tn.oid OPERATOR(pg_catalog.=) t.relnamespace"
             " WHERE NOT i.indisvalid AND c.relkind OPERATOR(pg_catalog.=) 'i' ORDER BY 1",
             {}});
    if (!rows) return ledger::fail(to_error(rows.error(), doing));
    for (const auto& row : rows->values) {
        const Reached reached{text_of(row[1]), text_of(row[2]), text_of(row[3]), row[4] == "t"};
        const auto is_named = [&](const migrations::Statement& each) {
            return each.concurrent_index && names_table(*each.concurrent_index, reached);
        };
        const bool is_new = found.empty() || found.back() != text_of(row[0]);
        if (is_new && std::any_of(script.statements.begin(), script.statements.end(), is_named))
            found.push_back(text_of(row[0]));
    }
    return found;
}

}  // namespace adapters::postgres
