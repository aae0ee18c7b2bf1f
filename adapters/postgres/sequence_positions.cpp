#include "adapters/postgres/sequence_positions.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "adapters/postgres/shadow_room.hpp"

#include <charconv>

namespace adapters::postgres {

namespace {

using ledger::fail;
using ledger::Result;

// The column that it belongs to, where that has numbers.
constexpr const char* sequences_query =
    R"(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), s.seqincrement,
        pg_catalog.quote_ident(o.nspname) || '.' || pg_catalog.quote_ident(r.relname),
        pg_catalog.quote_ident(a.attname)
    FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_depend d ON d.objid = c.oid AND d.refobjsubid > 0
        AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        AND (SELECT t.typcategory FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid) = 'N'
    LEFT JOIN pg_catalog.pg_class r ON r.oid = a.attrelid
    LEFT JOIN pg_catalog.pg_namespace o ON o.oid = r.relnamespace
    WHERE NOT s.seqcycle AND c.relpersistence <> 't' AND NOT EXISTS (SELECT 1
        FROM pg_catalog.pg_depend x WHERE x.objid = c.oid
        AND x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND x.deptype = 'e'))";

std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// Beyond the last bigint it stays there.
std::string next_query(const std::string& sequence, const std::string& increment) {
    return "SELECT GREATEST(-9223372036854775808, LEAST(9223372036854775807, last_value::numeric + "
           "CASE WHEN is_called THEN " +
           increment + " ELSE 0 END))::bigint AS next FROM " + sequence;
}

Result<commands::SequencePositions> read_positions(Connection& connection) {
    const auto sequences = connection.query({sequences_query, {}});
    if (!sequences)
        return fail(shadow_error(sequences.error(), "looking for sequences", connection));
    commands::SequencePositions positions;
    for (const Values& row : sequences->values) {
        const std::string& name = text_of(row.at(0));
        const std::string& increment = text_of(row.at(1));
        const bool descends = increment.starts_with('-');
        std::string may_repeat = "true";
        if (row.at(3))
            may_repeat = "EXISTS (SELECT 1 FROM " + text_of(row.at(2)) + " t WHERE t." +
                         text_of(row.at(3)) + (descends ? " <= " : " >= ") + "q.next)";
        const auto answer = connection.query({"SELECT q.next, " + may_repeat + " FROM (" +
                                                  next_query(name, "(" + increment + ")") + ") q",
                                              {}});
        if (!answer)
            return fail(shadow_error(answer.error(), "reading the sequence " + name, connection));
        const Values& told = answer->first();
        positions[name] = {number(text_of(told.at(0))), descends, text_of(told.at(1)) == "t"};
    }
    return positions;
}

}  // namespace

Result<commands::SequencePositions> read_sequences(Connection& connection) {
    return with_catalog_path(connection, [&] { return read_positions(connection); });
}

}  // namespace adapters::postgres
