#include "adapters/postgres/catalog_text.hpp"

#include "ledger/digest.hpp"

#include <array>
#include <charconv>

namespace adapters::postgres {

namespace {

using ledger::fail;
using ledger::Result;

// Each gives identity and definition.
constexpr const char* schemas =
    R"(SELECT 'schema ' || quote_ident(n.nspname), concat_ws(' ', 'owner', n.nspowner::regrole,
        'acl', n.nspacl) FROM pg_namespace n WHERE n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema')";

constexpr const char* extensions =
    R"(SELECT 'extension ' || quote_ident(e.extname), e.extnamespace::regnamespace || ' ' ||
        e.extversion FROM pg_extension e)";

constexpr const char* relations =
    R"(SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S'
        THEN 'sequence ' WHEN 'c' THEN 'composite type ' WHEN 'f' THEN 'foreign table '
        ELSE 'table '
        END || c.oid::regclass, concat_ws(' ', c.relkind, c.relpersistence, 'owner',
        c.relowner::regrole, 'acl', c.relacl, 'options', c.reloptions, 'rls', c.relrowsecurity,
        c.relforcerowsecurity, 'identity', c.relreplident, 'of', NULLIF(c.reloftype, 0)::regtype,
        'partition by', pg_get_partkeydef(c.oid), 'bound', pg_get_expr(c.relpartbound, c.oid),
        'inherits', (SELECT array_agg(i.inhparent::regclass ORDER BY i.inhseqno) FROM pg_inherits i
        WHERE i.inhrelid = c.oid), CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
        FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c', 'f') AND MINE(c.oid,
        'pg_class', c.relnamespace))";

constexpr const char* columns =
    R"(SELECT 'column ' || c.oid::regclass || '.' || quote_ident(a.attname), concat_ws(' ',
        format_type(a.atttypid, a.atttypmod), 'collate', NULLIF(a.attcollation, 0)::regcollation,
        CASE WHEN a.attnotnull THEN 'not null' END, 'default', pg_get_expr(d.adbin, d.adrelid),
        'identity', a.attidentity, 'generated', a.attgenerated, 'storage', a.attstorage, 'acl',
        a.attacl, 'options', a.attoptions, 'statistics', a.attstattarget) FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid
        AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p',
        'v', 'm', 'c', 'f') AND MINE(c.oid, 'pg_class', c.relnamespace))";

constexpr const char* indexes =
    R"(SELECT 'index ' || i.indexrelid::regclass, concat_ws(' ', pg_get_indexdef(i.indexrelid),
        'valid', i.indisvalid, 'cluster', i.indisclustered, 'identity', i.indisreplident)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE MINE(c.oid, 'pg_class', c.relnamespace))";

constexpr const char* constraints =
    R"(SELECT 'constraint ' || COALESCE(NULLIF(k.conrelid, 0)::regclass::text,
        k.contypid::regtype::text) || '.' || quote_ident(k.conname), concat_ws(' ',
        pg_get_constraintdef(k.oid), 'validated', k.convalidated, 'local', k.conislocal)
        FROM pg_constraint k WHERE MINE(k.oid, 'pg_constraint', k.connamespace))";

constexpr const char* sequences =
    R"(SELECT 'sequence settings ' || s.seqrelid::regclass, concat_ws(' ', s.seqtypid::regtype,
        s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle, 'owned by',
        (SELECT d.refobjid::regclass || '.' || d.refobjsubid FROM pg_depend d WHERE d.objid =
        s.seqrelid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        AND d.refobjsubid
        > 0)) FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        WHERE MINE(c.oid, 'pg_class', c.relnamespace))";

constexpr const char* functions =
    R"(SELECT 'function ' || p.oid::regprocedure, concat_ws(' ', CASE WHEN p.prokind = 'a' THEN
        (SELECT concat_ws(' ', a.aggtransfn, a.aggfinalfn, a.aggtranstype::regtype, a.agginitval)
        FROM pg_aggregate a WHERE a.aggfnoid = p.oid) ELSE pg_get_functiondef(p.oid) END, 'owner',
        p.proowner::regrole, 'acl', p.proacl) FROM pg_proc p
        WHERE MINE(p.oid, 'pg_proc', p.pronamespace))";

constexpr const char* types =
    R"(SELECT 'type ' || t.oid::regtype, concat_ws(' ', t.typtype, 'owner', t.typowner::regrole,
        'acl', t.typacl, 'base', NULLIF(t.typbasetype, 0)::regtype, format_type(t.typbasetype,
        t.typtypmod), t.typnotnull, 'default', t.typdefault, (SELECT array_agg(e.enumlabel ORDER BY
        e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), (SELECT r.rngsubtype::regtype
        FROM pg_range r WHERE r.rngtypid = t.oid)) FROM pg_type t WHERE t.typtype IN ('d', 'e', 'r')
        AND MINE(t.oid, 'pg_type', t.typnamespace))";

constexpr const char* triggers =
    R"(SELECT 'trigger ' || t.tgrelid::regclass || '.' || quote_ident(t.tgname),
        pg_get_triggerdef(t.oid) || ' enabled ' || t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON
        c.oid = t.tgrelid WHERE NOT t.tgisinternal AND MINE(c.oid, 'pg_class', c.relnamespace))";

constexpr const char* rules =
    R"(SELECT 'rule ' || r.ev_class::regclass || '.' || quote_ident(r.rulename),
        pg_get_ruledef(r.oid) || ' enabled ' || r.ev_enabled::text
        FROM pg_rewrite r JOIN pg_class c ON
        c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
        AND MINE(c.oid, 'pg_class', c.relnamespace))";

constexpr const char* policies =
    R"(SELECT 'policy ' || p.polrelid::regclass || '.' || quote_ident(p.polname), concat_ws(' ',
        p.polcmd, p.polpermissive, p.polroles::regrole[], 'using', pg_get_expr(p.polqual,
        p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_policy p)";

constexpr const char* statistics =
    R"(SELECT 'statistics ' || quote_ident(s.stxname), pg_get_statisticsobjdef(s.oid)
        FROM pg_statistic_ext s WHERE MINE(s.oid, 'pg_statistic_ext', s.stxnamespace))";

constexpr const char* comments =
    R"(SELECT 'comment ' || o.identity, o.type || ' ' || d.description FROM pg_description d,
        LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o WHERE
        (o.schema IS NULL OR o.schema NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))
        AND d.objoid >= 16384 AND MINE(d.objoid, '', 0))";

constexpr const char* publications =
    R"(SELECT 'publication ' || quote_ident(p.pubname), concat_ws(' ', p.puballtables, p.pubinsert,
        p.pubupdate, p.pubdelete, p.pubtruncate, (SELECT array_agg(r.prrelid::regclass ORDER BY
        r.prrelid::regclass::text) FROM pg_publication_rel r WHERE r.prpubid = p.oid))
        FROM pg_publication p)";

constexpr std::array queries{schemas,     extensions, relations,  columns,  indexes,
                             constraints, sequences,  functions,  types,    triggers,
                             rules,       policies,   statistics, comments, publications};

// MINE(oid, class, schema): neither PostgreSQL's own nor an extension's.
std::string expanded(std::string sql) {
    for (auto begin = sql.find("MINE("); begin != sql.npos; begin = sql.find("MINE(", begin)) {
        const auto end = sql.find(')', begin);
        const std::string inside = sql.substr(begin + 5, end - begin - 5);
        const auto first = inside.find(',');
        const auto second = inside.find(',', first + 1);
        const std::string schema = inside.substr(second + 1);
        std::string condition =
            "NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = " + inside.substr(0, first) +
            " AND x.deptype = 'e')";
        if (schema.find_first_not_of(" 0") != schema.npos)
            condition += " AND (SELECT m.nspname FROM pg_namespace m WHERE m.oid = " + schema +
                         ") !~ '^(pg_|information_schema$)'";
        sql.replace(begin, end - begin + 1, condition);
    }
    return sql;
}

// Every name in what the server tells is qualified where no schema is in the path.
Result<void> with_plain_path(Connection& connection, const char* sql) {
    if (auto done = connection.run(sql); !done)
        return fail(to_error(done.error(), "reading the shadow's catalog"));
    return {};
}

Result<void> read_objects(Connection& connection, std::map<std::string, std::string>& objects) {
    for (const char* query : queries) {
        auto rows = connection.query({expanded(query), {}});
        if (!rows) return fail(to_error(rows.error(), "reading the shadow's catalog"));
        for (const Values& row : rows->values)
            objects[row.at(0).value_or("")] = row.at(1).value_or("");
    }
    return {};
}

}  // namespace

Result<commands::CatalogText> read_catalog(Connection& connection) {
    commands::CatalogText catalog;
    if (auto set = with_plain_path(connection, "SET search_path = pg_catalog"); !set)
        return fail(set.error());
    auto read = read_objects(connection, catalog.objects);
    auto reset = with_plain_path(connection, "RESET search_path");
    if (!read) return fail(read.error());
    if (!reset) return fail(reset.error());
    std::string all;
    for (const auto& [identity, definition] : catalog.objects)
        all += identity + '\x1f' + definition + '\x1e';
    catalog.digest = ledger::sha256(all);
    return catalog;
}

Result<std::map<std::string, commands::DataChecksum>> read_data(Connection& connection) {
    auto tables = connection.query(
        {R"(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm')
        AND c.relispopulated AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1)",
         {}});
    if (!tables) return fail(to_error(tables.error(), "looking for tables"));
    std::map<std::string, commands::DataChecksum> data;
    for (const Values& row : tables->values) {
        const std::string& name = text_of(row.at(0));
        // A sum does not depend on the order of rows; two of 64 bits each from one hash.
        auto sum = connection.query(
            {"SELECT pg_catalog.count(*), pg_catalog.concat_ws(':', pg_catalog.sum(("
             "'x' || pg_catalog.substr(h, 1, 16))::bit(64)::bigint), pg_catalog.sum(('x' || "
             "pg_catalog.substr(h, 17, 16))::bit(64)::bigint)) FROM (SELECT pg_catalog.md5(t::text)"
             " AS h FROM ONLY " +
                 name + " t) s",
             {}});
        if (!sum) return fail(to_error(sum.error(), "reading the rows of " + name));
        std::uint64_t count = 0;
        const std::string& text = text_of(sum->values.at(0).at(0));
        std::from_chars(text.data(), text.data() + text.size(), count);
        data[name] = {count, sum->values.at(0).at(1).value_or("")};
    }
    return data;
}

}  // namespace adapters::postgres
