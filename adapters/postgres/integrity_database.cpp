#include "adapters/postgres/integrity_database.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/kept_session.hpp"
#include "adapters/postgres/libpq_on_demand.hpp"
#include "adapters/postgres/number_text.hpp"

#include <cstdlib>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::CatalogFigures;
using commands::CountAnswer;
using commands::ForeignKey;
using commands::RowsQuestion;
using ledger::fail;
using ledger::Result;

// Of a partitioned table the key at its top alone: those of its partitions are the same.
constexpr const char* foreign_keys_query = R"(SELECT k.conname,
        pg_catalog.format('%I.%I', n.nspname, c.relname),
        pg_catalog.format('%I.%I', m.nspname, r.relname), c.relkind = 'p', r.relkind = 'p',
        EXISTS (SELECT 1 FROM pg_catalog.pg_index i WHERE i.indrelid = k.conrelid AND i.indisvalid
            AND i.indpred IS NULL AND (i.indkey::int2[])[0:pg_catalog.cardinality(k.conkey) - 1]
                @> k.conkey),
        k.oid, a.attname, b.attname, k.confmatchtype = 'f'
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
    JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace
    CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(k.conkey),
        pg_catalog.unnest(k.confkey)) WITH ORDINALITY u(one, other, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.one
    JOIN pg_catalog.pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = u.other
    WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relpersistence <> 't'
    ORDER BY 2, 1, k.oid, u.place)";

// Of a domain where it is no table's.
constexpr const char* not_valid_query = R"(SELECT k.conname,
        CASE WHEN c.oid IS NULL THEN k.contypid::regtype::text
            ELSE pg_catalog.format('%I.%I', n.nspname, c.relname) END
    FROM pg_catalog.pg_constraint k LEFT JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT k.convalidated AND k.conparentid = 0 AND c.relpersistence IS DISTINCT FROM 't'
    ORDER BY 2, 1)";

// That of a partitioned table is invalid until every partition has its own.
constexpr const char* unusable_indexes_query = R"(SELECT
        pg_catalog.format('%I.%I', n.nspname, c.relname) || CASE WHEN NOT i.indisready
            THEN ' is not ready' ELSE ' is invalid' END
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT (i.indisvalid AND i.indisready AND i.indislive) AND n.nspname <> 'pg_toast'
        AND c.relpersistence <> 't'
    ORDER BY 1)";

// The columns whose numbers they are: which own them, or whose default asks them. A domain's output
// is that of the type it is made of.
constexpr const char* owned_sequences_query = R"(SELECT name, last, edge,
        CASE WHEN steps > 0 THEN (last - low) / NULLIF(edge - low, 0)
            ELSE (high - last) / NULLIF(high - edge, 0) END
    FROM (SELECT pg_catalog.format('%I.%I', s.schemaname, s.sequencename) AS name,
            s.last_value::numeric AS last, s.increment_by AS steps, s.min_value::numeric AS low,
            s.max_value::numeric AS high,
            CASE WHEN s.increment_by > 0 THEN least(s.max_value, t.top)
                ELSE greatest(s.min_value, -t.top - 1) END::numeric AS edge
        FROM pg_catalog.pg_sequences s JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname
        JOIN pg_catalog.pg_class c ON c.relname = s.sequencename AND c.relnamespace = n.oid
        LEFT JOIN LATERAL (SELECT min(CASE y.typoutput
                    WHEN 'pg_catalog.int2out'::pg_catalog.regproc THEN 32767
                    WHEN 'pg_catalog.int4out'::pg_catalog.regproc THEN 2147483647
                    ELSE 9223372036854775807 END) AS top
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
            WHERE (a.attrelid, a.attnum) IN (
                SELECT d.refobjid, d.refobjsubid FROM pg_catalog.pg_depend d
                WHERE d.objid = c.oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
                AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                UNION ALL SELECT f.adrelid, f.adnum FROM pg_catalog.pg_depend d
                JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid WHERE d.refobjid = c.oid
                AND d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass)) t ON true
        WHERE NOT s.cycle AND c.relpersistence <> 't' AND (s.last_value IS NOT NULL
            OR NOT pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE'))) q ORDER BY 1)";

bool is_true(const std::optional<std::string>& text) { return text == "t"; }

std::string joined(const std::vector<std::string>& columns, const std::string& alias,
                   const std::string& after, const char* between) {
    std::string text;
    for (const std::string& column : columns)
        text += (text.empty() ? "" : between) + alias + quoted_identifier(column) + after;
    return text;
}

class Database final : public commands::IntegrityDatabase {
public:
    Database(std::unique_ptr<Connection> connection, std::chrono::milliseconds query_timeout)
        : connection_{std::move(connection)}, query_timeout_{query_timeout} {}

    // Questions about rows go where a file's names without a schema lead; those about the catalog
    // do not.
    Result<CatalogFigures> catalog() override {
        return with_catalog_path(*connection_, [this] { return read_catalog_figures(); });
    }

    Result<CountAnswer> count_orphans(const ForeignKey& key) override {
        std::string equal;
        for (std::size_t index = 0; index < key.columns.size(); ++index)
            equal += (index == 0 ? "p." : " AND p.") +
                     quoted_identifier(key.referenced_columns.at(index)) + " = c." +
                     quoted_identifier(key.columns[index]);
        return count(
            "SELECT pg_catalog.count(*) FROM " + std::string{key.whole_tables ? "" : "ONLY "} +
            key.table + " c WHERE (" +
            joined(key.columns, "c.", " IS NOT NULL", key.is_match_full ? " OR " : " AND ") +
            ") AND NOT EXISTS (SELECT 1 FROM " + std::string{key.whole_referenced ? "" : "ONLY "} +
            key.referenced + " p WHERE " + equal + ")");
    }

    Result<CountAnswer> count_duplicates(const RowsQuestion& question) override {
        return on_its_path(question, [&] { return duplicates_of(question); });
    }

    Result<CountAnswer> count_nulls(const RowsQuestion& question) override {
        return on_its_path(question, [&] {
            return count_where_there(
                question, "SELECT pg_catalog.count(*) FROM " + table_of(question) + " WHERE " +
                              joined(question.columns, "", " IS NULL", " OR "));
        });
    }

    Result<CountAnswer> count_rows(const RowsQuestion& question) override {
        return on_its_path(question, [&] { return rows_of(question); });
    }

private:
    // Those of heirs get a new column too, and its unique key does not reach them.
    Result<CountAnswer> rows_of(const RowsQuestion& question) {
        if (!question.unless_column.empty()) {
            const auto there = has_column(question, question.unless_column);
            if (!there) return fail(there.error());
            if (*there) return CountAnswer{0, ""};
        }
        const auto own = own_rows_of(question);
        if (!own) return fail(own.error());
        auto answer = count("SELECT pg_catalog.count(*) FROM (SELECT FROM " +
                            (question.is_none_allowed ? table_of(question) : *own) + " LIMIT 2) g");
        if (!answer || answer->count) return answer;
        const auto there = connection_->query(
            {"SELECT pg_catalog.to_regclass($1) IS NOT NULL", {table_of(question)}});
        if (!there) return fail(to_error(there.error(), "reading the target's catalog"));
        return is_true(there->first().at(0)) ? answer : CountAnswer{};
    }

    // A script's own search_path says where it leads what has no schema.
    template <class Ask>
    Result<CountAnswer> on_its_path(const RowsQuestion& question, const Ask& ask) {
        if (!question.schema.empty() || question.search_path.empty()) return ask();
        const std::string path = joined(question.search_path, "", "", ", ");
        if (const auto set = connection_->run("SET search_path TO " + path); !set)
            return fail(to_error(set.error(), "setting the search path"));
        auto answer = ask();
        const auto reset = connection_->run("RESET search_path");
        if (answer && !reset) return fail(to_error(reset.error(), "setting the search path back"));
        return answer;
    }

    Result<CountAnswer> duplicates_of(const RowsQuestion& question) {
        const std::string columns = joined(question.columns, "", "", ", ");
        const std::string condition =
            question.nulls_are_equal
                ? ""
                : " WHERE " + joined(question.columns, "", " IS NOT NULL", " AND ");
        const auto rows = own_rows_of(question);
        if (!rows) return fail(rows.error());
        return count_where_there(
            question, "SELECT pg_catalog.count(*) FROM (SELECT FROM " + *rows + condition +
                          " GROUP BY " + columns +
                          " HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1) g");
    }

    Result<CatalogFigures> read_catalog_figures() {
        CatalogFigures figures;
        if (auto read = read_foreign_keys(figures); !read) return fail(read.error());
        const auto not_valid = ask(not_valid_query);
        if (!not_valid) return fail(not_valid.error());
        for (const Values& row : not_valid->values)
            figures.not_valid.emplace_back(text_of(row.at(0)), text_of(row.at(1)));
        const auto indexes = ask(unusable_indexes_query);
        if (!indexes) return fail(indexes.error());
        for (const Values& row : indexes->values)
            figures.unusable_indexes.push_back(text_of(row.at(0)));
        if (auto read = read_sequences(figures); !read) return fail(read.error());
        return figures;
    }

    // The catalog is read without it.
    Result<void> limit_time() {
        if (std::exchange(is_limited_, true)) return {};
        auto set = connection_->run("SET statement_timeout = '" +
                                    std::to_string(query_timeout_.count()) + "ms'");
        if (!set) return fail(to_error(set.error(), "limiting the time of questions"));
        return {};
    }

    static std::string table_of(const RowsQuestion& question) {
        return (question.schema.empty() ? "" : quoted_identifier(question.schema) + ".") +
               quoted_identifier(question.table);
    }

    Result<Rows> ask(const char* sql) {
        auto rows = connection_->query({sql, {}});
        if (!rows) return fail(to_error(rows.error(), "reading the target's catalog"));
        return std::move(*rows);
    }

    Result<void> read_foreign_keys(CatalogFigures& figures) {
        const auto rows = ask(foreign_keys_query);
        if (!rows) return fail(rows.error());
        std::string last;
        for (const Values& row : rows->values) {
            if (text_of(row.at(6)) != last) {
                ForeignKey key;
                key.name = text_of(row.at(0));
                key.table = text_of(row.at(1));
                key.referenced = text_of(row.at(2));
                key.whole_tables = is_true(row.at(3));
                key.whole_referenced = is_true(row.at(4));
                key.has_index = is_true(row.at(5));
                key.is_match_full = is_true(row.at(9));
                figures.foreign_keys.push_back(std::move(key));
                last = text_of(row.at(6));
            }
            figures.foreign_keys.back().columns.push_back(text_of(row.at(7)));
            figures.foreign_keys.back().referenced_columns.push_back(text_of(row.at(8)));
        }
        return {};
    }

    // Where somebody alters one, its lock is waited for.
    Result<void> read_sequences(CatalogFigures& figures) {
        const auto rows = connection_->query({owned_sequences_query, {}});
        if (!rows) {
            if (rows.error().connection_ended)
                return fail(to_error(rows.error(), "reading the target's catalog"));
            figures.sequences_unread = rows.error().message;
            return {};
        }
        for (const Values& row : rows->values)
            figures.sequences.push_back({text_of(row.at(0)), row.at(1).value_or(""),
                                         row.at(2).value_or(""),
                                         std::strtod(row.at(3).value_or("0").c_str(), nullptr)});
        return {};
    }

    // A unique key of a table is not one of those that inherit from it, but for partitions.
    Result<std::string> own_rows_of(const RowsQuestion& question) {
        const auto kind =
            connection_->query({"SELECT relkind FROM pg_catalog.pg_class"
                                " WHERE oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)",
                                {table_of(question)}});
        if (!kind) return fail(to_error(kind.error(), "reading the target's catalog"));
        const bool is_whole = !kind->values.empty() && kind->values.front().at(0) == "p";
        return (is_whole ? "" : "ONLY ") + table_of(question);
    }

    Result<CountAnswer> count(const std::string& sql) {
        if (auto set = limit_time(); !set) return fail(set.error());
        const auto rows = connection_->query({sql, {}});
        std::uint64_t number = 0;
        if (rows && !read_number(rows->first().at(0), number))
            return CountAnswer{std::nullopt, "its answer is no number"};
        if (rows) return CountAnswer{number, ""};
        const ServerError& error = rows.error();
        if (error.connection_ended) return fail(to_error(error, "asking the target"));
        if (error.sqlstate == "57014")
            return CountAnswer{std::nullopt, "not answered within " +
                                                 std::to_string(query_timeout_.count()) +
                                                 " ms: --query-timeout"};
        return CountAnswer{std::nullopt, error.message};
    }

    Result<bool> has_column(const RowsQuestion& question, const std::string& column) {
        const auto there = connection_->query(
            {"SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a"
             " WHERE a.attrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"
             " AND a.attname OPERATOR(pg_catalog.=) $2 AND NOT a.attisdropped)",
             {table_of(question), column}});
        if (!there) return fail(to_error(there.error(), "reading the target's catalog"));
        return is_true(there->first().at(0));
    }

    // What a pending script makes or renames is not there to be asked.
    Result<CountAnswer> count_where_there(const RowsQuestion& question, const std::string& sql) {
        auto answer = count(sql);
        if (!answer || answer->count) return answer;
        for (const std::string& column : question.columns) {
            const auto there = has_column(question, column);
            if (!there) return fail(there.error());
            if (!*there) return CountAnswer{};
        }
        return answer;
    }

    std::unique_ptr<Connection> connection_;
    std::chrono::milliseconds query_timeout_;
    bool is_limited_{};
};

}  // namespace

Result<std::unique_ptr<commands::IntegrityDatabase>> open_integrity_database(
    const std::string& url, std::chrono::milliseconds query_timeout) {
    if (auto loaded = load_libpq(); !loaded) return fail(loaded.error());
    auto string = parse_connection_string(url);
    if (!string) return fail(string.error());
    // SET after the URL's own options: nothing in it may turn this off. What a policy hides from
    // this role would be counted as not there: without row security, that is an error instead.
    auto connection = Connection::open(*string, "varve test", "");
    if (!connection) return fail(connection.error());
    if (auto own = expect_own_process(*string, "varve test", **connection); !own)
        return fail(own.error());
    const std::string settings =
        "SET default_transaction_read_only = on; SET row_security = off; SET lock_timeout = '1s'; "
        "SET statement_timeout = '60s'; SET exit_on_error = off";
    if (auto set = (*connection)->run(settings); !set)
        return fail(to_error(set.error(), "making the session read only"));
    return std::unique_ptr<commands::IntegrityDatabase>{
        std::make_unique<Database>(std::move(*connection), query_timeout)};
}

}  // namespace adapters::postgres
