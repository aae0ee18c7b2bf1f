#include "adapters/postgres/table_rows.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "adapters/postgres/shadow_room.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::AllRows;
using commands::SampledTable;
using commands::SampleStyle;
using commands::SampleTable;
using ledger::fail;
using ledger::Result;

// Stands where OWN does in a query: c is the table's pg_class, n its namespace.
constexpr std::string_view own_tables = R"(c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname !~ '^(pg_|information_schema$)' AND NOT EXISTS (SELECT 1
        FROM pg_catalog.pg_depend x WHERE x.objid = c.oid
        AND x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND x.deptype = 'e'))";

constexpr const char* columns_query =
    R"(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), a.attname,
        pg_catalog.format_type(a.atttypid, a.atttypmod), b.typname, b.typcategory,
        a.attnotnull OR t.typnotnull, a.atthasdef OR t.typdefault IS NOT NULL,
        a.attidentity <> '' OR a.attgenerated <> ''
            OR COALESCE(pg_catalog.pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false),
        CASE WHEN b.typname IN ('bpchar', 'varchar')
            THEN GREATEST(a.atttypmod, t.typtypmod, 4) - 4 ELSE 0 END,
        CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
        (SELECT pg_catalog.string_agg(e.enumlabel, E'\n' ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum e WHERE e.enumtypid = b.oid),
        (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid), ' ')
            FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid)
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE OWN ORDER BY 1, a.attnum)";

// A partition's bound is a check of it too.
constexpr const char* checks_query =
    R"(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname),
        pg_catalog.pg_get_constraintdef(k.oid),
        (SELECT pg_catalog.string_agg(a.attname, E'\n') FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey))
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'c' AND OWN
    UNION ALL SELECT pg_catalog.format('%I.%I', n.nspname, c.relname),
        pg_catalog.pg_get_partition_constraintdef(c.oid),
        (SELECT pg_catalog.string_agg(a.attname, E'\n') FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND EXISTS (SELECT 1
                FROM pg_catalog.pg_partitioned_table p JOIN pg_catalog.pg_inherits i
                ON i.inhparent = p.partrelid JOIN pg_catalog.pg_attribute o
                ON o.attrelid = p.partrelid AND o.attnum = ANY (p.partattrs::int2[])
                WHERE i.inhrelid = c.oid AND o.attname = a.attname))
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relispartition AND OWN)";

constexpr const char* references_query =
    R"(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname),
        (SELECT pg_catalog.format('%I.%I', m.nspname, r.relname) FROM pg_catalog.pg_class r
            JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace WHERE r.oid = k.confrelid),
        a.attname, b.attname, k.oid
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey),
        pg_catalog.unnest(k.confkey)) WITH ORDINALITY u(one, other, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.one
    JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other
    WHERE k.contype = 'f' AND OWN ORDER BY k.oid, u.place)";

Result<Rows> ask(Connection& connection, std::string sql) {
    for (auto at = sql.find(" OWN"); at != sql.npos; at = sql.find(" OWN", at + 1))
        sql.replace(at + 1, 3, own_tables);
    auto rows = connection.query({std::move(sql), {}});
    if (!rows) return fail(shadow_error(rows.error(), "reading the shadow's tables", connection));
    return std::move(*rows);
}

std::vector<std::string> lines_of(const std::optional<std::string>& text) {
    std::vector<std::string> lines;
    if (!text) return lines;
    for (std::size_t begin = 0; begin <= text->size();) {
        const std::size_t end = std::min(text->find('\n', begin), text->size());
        lines.push_back(text->substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::uint64_t number(const std::optional<std::string>& text) {
    std::uint64_t value = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

using Tables = std::map<std::string, SampleTable>;

Result<Tables> read_columns(Connection& connection) {
    auto rows = ask(connection, columns_query);
    if (!rows) return fail(rows.error());
    Tables tables;
    for (const Values& row : rows->values) {
        const auto is = [&](std::size_t index) { return row.at(index).value_or("f") == "t"; };
        SampleTable& table = tables[text_of(row.at(0))];
        table.name = text_of(row.at(0));
        table.columns.push_back({text_of(row.at(1)), text_of(row.at(2)), text_of(row.at(3)),
                                 text_of(row.at(4)).front(), lines_of(row.at(10)), is(5), is(6),
                                 is(7), static_cast<std::uint32_t>(number(row.at(8))),
                                 row.at(9).value_or("")});
        if (row.at(11)) table.checks.push_back({*row.at(11), {text_of(row.at(1))}});
    }
    return tables;
}

Result<Tables> read_tables(Connection& connection) {
    auto tables = read_columns(connection);
    if (!tables) return tables;
    auto checks = ask(connection, checks_query);
    if (!checks) return fail(checks.error());
    for (const Values& row : checks->values)
        if (const auto found = tables->find(text_of(row.at(0))); found != tables->end())
            found->second.checks.push_back({row.at(1).value_or(""), lines_of(row.at(2))});
    auto references = ask(connection, references_query);
    if (!references) return fail(references.error());
    std::string last;
    for (const Values& row : references->values) {
        const auto found = tables->find(text_of(row.at(0)));
        if (found == tables->end()) continue;
        auto& known = found->second.references;
        if (text_of(row.at(4)) != last) known.push_back({{}, text_of(row.at(1)), {}});
        last = text_of(row.at(4));
        known.back().columns.push_back(text_of(row.at(2)));
        known.back().referenced.push_back(text_of(row.at(3)));
    }
    return tables;
}

class Filling {
public:
    Filling(Connection& connection, Tables tables, SampleStyle style,
            std::set<std::string>& sampled)
        : connection_{connection}, tables_{std::move(tables)}, style_{style}, sampled_{sampled} {}

    Result<std::vector<SampledTable>> run() {
        std::set<std::string> waiting;
        for (const auto& [name, table] : tables_) {
            auto has = has_rows(name);
            if (!has) return fail(has.error());
            if (*has) with_rows_.insert(name);
            if (*has && (style_ == SampleStyle::plain || sampled_.contains(name))) continue;
            if (*has) with_own_rows_.insert(name);
            waiting.insert(name);
        }
        while (!waiting.empty()) {
            auto ready = next(waiting);
            if (!ready) return fail(ready.error());
            waiting.erase(*ready);
            fill(tables_.at(*ready));
        }
        return std::move(filled_);
    }

private:
    Result<bool> has_rows(const std::string& name) {
        auto rows = ask(connection_, "SELECT EXISTS (SELECT FROM " + name + ")");
        if (!rows) return fail(rows.error());
        return text_of(rows->first().at(0)) == "t";
    }

    // One whose referenced tables have rows; where none is so, the first.
    Result<std::string> next(const std::set<std::string>& waiting) {
        for (const std::string& name : waiting) {
            bool is_ready = true;
            for (const auto& reference : tables_.at(name).references) {
                if (!is_ready) break;
                if (reference.table == name) continue;
                is_ready = !waiting.contains(reference.table);
                if (!is_ready || with_rows_.contains(reference.table)) continue;
                auto has = has_rows(reference.table);  // partitioned, or by a trigger
                if (!has) return fail(has.error());
                is_ready = *has;
            }
            if (is_ready) return name;
        }
        return *waiting.begin();
    }

    enum class Put { done, taken, refused };

    Put put(const SampleTable& table, std::uint32_t row, std::string& why_not) {
        bool is_taken = false;
        for (const std::string& insert : commands::sample_inserts(table, row, style_)) {
            const auto answer = connection_.query({insert, {}});
            if (answer && answer->affected_count > 0) return Put::done;
            if (why_not.empty())
                why_not = answer ? "a trigger or a rule takes rows away" : answer.error().message;
            if (answer) continue;
            if (answer.error().connection_ended) break;
            const std::string& sqlstate = answer.error().sqlstate;
            is_taken = is_taken || sqlstate == "23505" || sqlstate == "23P01";
        }
        return is_taken ? Put::taken : Put::refused;
    }

    // Where a sequence is of few numbers, or goes down, it stays.
    void move_sequences(const SampleTable& table) {
        Values parameters{table.name};
        std::string columns;
        for (const auto& column : table.columns) {
            if (!column.is_given) continue;
            parameters.emplace_back(column.name);
            columns += (columns.empty() ? "($" : ", ($") + std::to_string(parameters.size()) +
                       "::text, " + std::to_string(commands::first_given(table, column)) + ")";
        }
        if (columns.empty()) return;
        static_cast<void>(connection_.query(
            {"SELECT pg_catalog.setval(s.seqrelid, pg_catalog.nextval(s.seqrelid) - 1 + c.first)"
             " FROM (VALUES " +
                 columns +
                 ") c(name, first) JOIN pg_catalog.pg_sequence s"
                 " ON s.seqrelid = pg_catalog.pg_get_serial_sequence($1, c.name)::regclass"
                 " WHERE s.seqincrement > 0 AND s.seqmax / 2 - s.seqstart > c.first",
             std::move(parameters)}));
    }

    void fill(SampleTable& table) {
        table.place = static_cast<std::uint32_t>(sampled_.size());
        move_sequences(table);
        SampledTable filled{table.name, 0, "", {}, {}, with_own_rows_.contains(table.name)};
        const std::uint32_t last =
            filled.has_own_rows ? commands::sample_number_max : commands::sample_row_count;
        for (std::uint32_t row = 1; row <= last; ++row) {
            const Put what = put(table, row, filled.why_not);
            if (what == Put::done) ++filled.row_count;
            if (filled.row_count == commands::sample_row_count) break;
            if (what == Put::refused || (what == Put::taken && !filled.has_own_rows)) break;
        }
        if (filled.row_count > 0) {
            filled.why_not.clear();
            sampled_.insert(table.name);
            with_rows_.insert(table.name);
        }
        if (filled.row_count > 0 || filled.has_own_rows) tell_values(table, filled);
        filled_.push_back(std::move(filled));
    }

    void tell_values(const SampleTable& table, SampledTable& filled) {
        if (table.columns.empty()) return;
        auto rows = connection_.query({count_values(table, others_than_default), {}});
        // A default may fail when it is asked for: then nothing is said of those.
        if (!rows) rows = connection_.query({count_values(table, nothing_of_default), {}});
        for (std::size_t index = 0; rows && index < table.columns.size(); ++index) {
            const auto& name = table.columns[index].name;
            if (rows->first().at(index * 2) == "0")
                filled.without_value.push_back(name);
            else if (rows->first().at(index * 2 + 1) == "0")
                filled.with_default.push_back(name);
        }
    }

    using CountOthers = std::string (*)(const commands::SampleColumn&, const std::string&);
    static std::string count_values(const SampleTable& table, CountOthers count_others) {
        std::string counts;
        for (const auto& column : table.columns) {
            const std::string name = quoted_identifier(column.name);
            counts += (counts.empty() ? "SELECT pg_catalog.count(" : ", pg_catalog.count(") + name +
                      "), " + count_others(column, name);
        }
        return counts + " FROM ONLY " + table.name;
    }

    static std::string nothing_of_default(const commands::SampleColumn& /*column*/,
                                          const std::string& /*name*/) {
        return "1";
    }

    static std::string others_than_default(const commands::SampleColumn& column,
                                           const std::string& name) {
        if (!commands::is_constant(column.default_value)) return "1";
        return "pg_catalog.count(*) FILTER (WHERE " + name + "::text <> ((" + column.default_value +
               ")::" + column.type + ")::text)";
    }

    Connection& connection_;
    Tables tables_;
    SampleStyle style_;
    std::set<std::string>& sampled_;
    std::set<std::string> with_rows_;
    std::set<std::string> with_own_rows_;
    std::vector<SampledTable> filled_;
};

// A sum does not depend on the order of rows; two of 64 bits each from one hash.
std::string sum_of(const std::string& hash) {
    return "pg_catalog.concat_ws(':', pg_catalog.sum(('x' || pg_catalog.substr(" + hash +
           ", 1, 16))::bit(64)::bigint), pg_catalog.sum(('x' || pg_catalog.substr(" + hash +
           ", 17, 16))::bit(64)::bigint))";
}

// Numbers that are equal are the same, with however many zeros at their end.
std::string told(const Connection& connection, const commands::SampleColumn& column) {
    constexpr int trims_since = 130'000;
    const std::string name = "t." + quoted_identifier(column.name);
    const bool is_numeric = column.base_type == "numeric" && column.category == 'N';
    if (!is_numeric || connection.server_version() < trims_since) return name;
    return "pg_catalog.trim_scale(" + name + ")";
}

Result<commands::TableRows> read_table(Connection& connection, const SampleTable& table) {
    std::map<std::string, std::string> by_name;
    for (const auto& column : table.columns) by_name[column.name] = told(connection, column);
    std::vector<std::string> names;
    std::string inner;
    std::string outer = "SELECT pg_catalog.count(*), " + sum_of("h");
    std::string whole;
    for (const auto& [name, column] : by_name) {
        const std::string hash = "h" + std::to_string(names.size());
        names.push_back(name);
        whole += (whole.empty() ? "" : ", ") + column;
        inner += ", pg_catalog.md5(COALESCE('=' || " + column + "::text, '')) AS " + hash;
        outer += ", " + sum_of(hash);
    }
    auto answer =
        ask(connection, outer + " FROM (SELECT pg_catalog.md5(ROW(" + whole + ")::text) AS h" +
                            inner + " FROM ONLY " + table.name + " t) s");
    if (!answer) return fail(answer.error());
    const Values& row = answer->first();
    commands::TableRows rows{number(row.at(0)), row.at(1).value_or(""), {}};
    for (std::size_t index = 0; index < names.size(); ++index)
        rows.columns[names[index]] = row.at(index + 2).value_or("");
    return rows;
}

Result<AllRows> read_all_rows(Connection& connection) {
    auto tables = read_columns(connection);
    if (!tables) return fail(tables.error());
    AllRows all;
    for (const auto& [name, table] : *tables) {
        auto rows = read_table(connection, table);
        if (!rows) return fail(rows.error());
        all[name] = std::move(*rows);
    }
    return all;
}

}  // namespace

Result<std::vector<SampledTable>> add_sample_rows(Connection& connection, SampleStyle style,
                                                  std::set<std::string>& sampled) {
    auto tables = with_catalog_path(connection, [&] { return read_tables(connection); });
    if (!tables) return fail(tables.error());
    return Filling{connection, std::move(*tables), style, sampled}.run();
}

Result<AllRows> read_rows(Connection& connection) {
    return with_catalog_path(connection, [&] { return read_all_rows(connection); });
}

}  // namespace adapters::postgres
