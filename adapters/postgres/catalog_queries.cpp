#include "adapters/postgres/catalog_queries.hpp"

#include "adapters/postgres/query_abbreviations.hpp"

#include <array>

namespace adapters::postgres {

namespace {

struct Query {
    int from_version;
    const char* sql;
};

constexpr int any = 0;
constexpr int postgres_15 = 150'000;

constexpr Query database_settings{any,
                                  R"(SELECT CASE WHEN s.setrole = 0 THEN 'settings of the database'
        ELSE 'settings in the database of ' || s.setrole::regrole END, SORTED(s.setconfig)::text
        FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
        WHERE d.datname = current_database())"};

constexpr Query database_itself{
    any,
    R"(SELECT 'database', concat_ws(' ', 'owner', d.datdba::regrole, 'acl',
        ACL(d.datacl, 'd', d.datdba), 'comment', shobj_description(d.oid, 'pg_database'))
        FROM pg_database d WHERE d.datname = current_database())"};

constexpr Query schemas{
    any,
    R"(SELECT 'schema ' || quote_ident(n.nspname), concat_ws(' ', 'owner', n.nspowner::regrole,
        'acl', ACL(n.nspacl, 'n', n.nspowner)) FROM pg_namespace n WHERE n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema')"};

constexpr Query default_privileges{
    any,
    R"(SELECT 'default privileges of ' || d.defaclrole::regrole || CASE WHEN d.defaclnamespace
        = 0 THEN '' ELSE ' in ' || d.defaclnamespace::regnamespace END || ' on ' ||
        CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN
        'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE 'others' END,
        SORTED(d.defaclacl)::text FROM pg_default_acl d)"};

constexpr Query extensions{
    any,
    R"(SELECT 'extension ' || quote_ident(e.extname), e.extnamespace::regnamespace || ' ' ||
        e.extversion FROM pg_extension e)"};

constexpr Query relations{
    any,
    R"(SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S'
        THEN 'sequence ' WHEN 'c' THEN 'composite type ' WHEN 'f' THEN 'foreign table '
        ELSE 'table '
        END || c.oid::regclass, concat_ws(' ', c.relkind, c.relpersistence, 'owner',
        c.relowner::regrole, 'acl', ACL(c.relacl, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r'
        END::"char", c.relowner), 'options', SORTED(c.reloptions), 'toast options',
        (SELECT SORTED(t.reloptions) FROM pg_class t WHERE t.oid = c.reltoastrelid), 'rls',
        c.relrowsecurity, c.relforcerowsecurity, 'identity', c.relreplident, 'tablespace',
        (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace), 'method',
        (SELECT m.amname FROM pg_am m WHERE m.oid = c.relam), 'of', NULLIF(c.reloftype, 0)::regtype,
        'partition by', pg_get_partkeydef(c.oid), 'bound', pg_get_expr(c.relpartbound, c.oid),
        'inherits', (SELECT array_agg(i.inhparent::regclass ORDER BY i.inhseqno) FROM pg_inherits i
        WHERE i.inhrelid = c.oid), (SELECT concat_ws(' ', 'server', s.srvname,
        SORTED(f.ftoptions)) FROM pg_foreign_table f JOIN pg_foreign_server s ON s.oid = f.ftserver
        WHERE f.ftrelid = c.oid), CASE WHEN c.relkind = 'm' AND NOT c.relispopulated
        THEN 'not populated' END, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END)
        FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'c', 'f') AND MINE(c.oid,
        c.relnamespace))"};

constexpr Query columns{
    any,
    R"(SELECT 'column ' || c.oid::regclass || '.' || quote_ident(a.attname), concat_ws(' ',
        format_type(a.atttypid, a.atttypmod), 'collate', COLLATION(a.attcollation),
        CASE WHEN a.attnotnull THEN 'not null' END, 'default', pg_get_expr(d.adbin, d.adrelid),
        'identity', a.attidentity, 'generated', a.attgenerated, 'storage', a.attstorage,
        'compression', SINCE(140000, a.attcompression), 'acl', SORTED(a.attacl), 'options',
        SORTED(a.attoptions), SORTED(a.attfdwoptions), 'statistics', a.attstattarget, 'local',
        a.attislocal)
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid
        AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p',
        'v', 'm', 'c', 'f') AND MINE(c.oid, c.relnamespace))"};

constexpr Query indexes{
    any,
    R"(SELECT 'index ' || i.indexrelid::regclass, concat_ws(' ', pg_get_indexdef(i.indexrelid),
        'valid', i.indisvalid, 'cluster', i.indisclustered, 'identity', i.indisreplident,
        'tablespace', (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace),
        'part of', (SELECT h.inhparent::regclass FROM pg_inherits h WHERE h.inhrelid = c.oid))
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE MINE(c.oid, c.relnamespace))"};

constexpr Query constraints{
    any,
    R"(SELECT 'constraint ' || COALESCE(NULLIF(k.conrelid, 0)::regclass::text,
        k.contypid::regtype::text) || '.' || quote_ident(k.conname), concat_ws(' ',
        pg_get_constraintdef(k.oid), 'validated', k.convalidated, 'local', k.conislocal)
        FROM pg_constraint k WHERE MINE(k.oid, k.connamespace))"};

// ALTER TABLE ... DISABLE TRIGGER ALL turns off those of foreign keys too.
constexpr Query disabled_constraints{
    any,
    R"(SELECT 'triggers of constraint ' || t.tgrelid::regclass || '.' || quote_ident(k.conname),
        string_agg(t.tgfoid::regproc || ' ' || t.tgenabled::text, ' '
        ORDER BY t.tgfoid::regproc::text)
        FROM pg_trigger t JOIN pg_constraint k ON k.oid = t.tgconstraint
        WHERE t.tgisinternal AND t.tgenabled <> 'O' AND MINE(k.oid, k.connamespace)
        GROUP BY t.tgrelid, k.conname)"};

constexpr Query sequences{
    any,
    R"(SELECT 'sequence settings ' || s.seqrelid::regclass, concat_ws(' ', s.seqtypid::regtype,
        s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle, 'owned by',
        (SELECT a.attrelid::regclass || '.' || quote_ident(a.attname) FROM pg_depend d
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.objid = s.seqrelid AND d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0))
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        WHERE MINE(c.oid, c.relnamespace))"};

constexpr Query functions{
    any,
    R"(SELECT 'function ' || p.oid::regprocedure, concat_ws(' ', CASE WHEN p.prokind = 'a' THEN
        (SELECT concat_ws(' ', a.aggtranstype::regtype, NULLIF(a.aggmtranstype, 0)::regtype,
        NULLIF(a.aggsortop, 0)::regoperator, to_jsonb(a) -
        '{aggfnoid,aggtranstype,aggmtranstype,aggsortop}'::text[])
        FROM pg_aggregate a WHERE a.aggfnoid = p.oid) ELSE pg_get_functiondef(p.oid) END, 'owner',
        p.proowner::regrole, 'acl', ACL(p.proacl, 'f', p.proowner)) FROM pg_proc p
        WHERE MINE(p.oid, p.pronamespace))"};

constexpr Query types{
    any,
    R"(SELECT 'type ' || t.oid::regtype, concat_ws(' ', t.typtype, 'owner', t.typowner::regrole,
        'acl', ACL(t.typacl, 'T', t.typowner), 'base', NULLIF(t.typbasetype, 0)::regtype,
        format_type(t.typbasetype, t.typtypmod), 'collate', COLLATION(t.typcollation),
        t.typnotnull, 'default', t.typdefault, (SELECT array_agg(e.enumlabel ORDER BY
        e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), (SELECT concat_ws(' ',
        r.rngsubtype::regtype, (SELECT o.opcname FROM pg_opclass o WHERE o.oid = r.rngsubopc),
        COLLATION(r.rngcollation), r.rngcanonical, r.rngsubdiff)
        FROM pg_range r WHERE r.rngtypid = t.oid)) FROM pg_type t WHERE t.typtype IN ('d', 'e', 'r')
        AND MINE(t.oid, t.typnamespace))"};

constexpr Query triggers{
    any,
    R"(SELECT 'trigger ' || t.tgrelid::regclass || '.' || quote_ident(t.tgname),
        pg_get_triggerdef(t.oid) || ' enabled ' || t.tgenabled::text
        FROM pg_trigger t JOIN pg_class c ON
        c.oid = t.tgrelid WHERE NOT t.tgisinternal AND MINE(c.oid, c.relnamespace))"};

constexpr Query event_triggers{
    any,
    R"(SELECT 'event trigger ' || quote_ident(e.evtname), concat_ws(' ', 'on', e.evtevent,
        SORTED(e.evttags), e.evtfoid::regprocedure, 'enabled', e.evtenabled, 'owner',
        e.evtowner::regrole) FROM pg_event_trigger e WHERE MINE(e.oid))"};

constexpr Query rules{any,
                      R"(SELECT 'rule ' || r.ev_class::regclass || '.' || quote_ident(r.rulename),
        pg_get_ruledef(r.oid) || ' enabled ' || r.ev_enabled::text
        FROM pg_rewrite r JOIN pg_class c ON
        c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
        AND MINE(c.oid, c.relnamespace))"};

constexpr Query policies{
    any,
    R"(SELECT 'policy ' || p.polrelid::regclass || '.' || quote_ident(p.polname), concat_ws(' ',
        p.polcmd, p.polpermissive, (SELECT string_agg(r::regrole::text, ',' ORDER BY
        r::regrole::text) FROM unnest(p.polroles) r), 'using', pg_get_expr(p.polqual,
        p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_policy p)"};

constexpr Query statistics{
    any,
    R"(SELECT 'statistics ' || s.stxnamespace::regnamespace || '.' || quote_ident(s.stxname),
        concat_ws(' ', pg_get_statisticsobjdef(s.oid), 'owner', s.stxowner::regrole, 'target',
        SINCE(130000, s.stxstattarget))
        FROM pg_statistic_ext s WHERE MINE(s.oid, s.stxnamespace))"};

// Of what has an oid below 16384 only the schema "public" is a user's to comment on.
constexpr Query comments{
    any,
    R"(SELECT 'comment on ' || o.type || ' ' || o.identity, d.description FROM pg_description d,
        LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) o WHERE
        (o.schema IS NULL OR o.schema NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))
        AND (d.objoid >= 16384 OR (d.classoid = 'pg_namespace'::regclass AND d.objoid = 2200))
        AND MINE(d.objoid))"};

constexpr Query publications{
    any,
    R"(SELECT 'publication ' || quote_ident(p.pubname), concat_ws(' ', 'owner',
        p.pubowner::regrole, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
        'via root', SINCE(130000, p.pubviaroot)) FROM pg_publication p)"};

constexpr Query publication_tables{
    any,
    R"(SELECT 'table ' || r.prrelid::regclass || ' of publication ' || quote_ident(p.pubname),
        concat_ws(' ', 'columns', (SELECT array_agg(a.attname ORDER BY a.attname)
        FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum > 0 AND
        a.attnum = ANY (SINCE(150000, r.prattrs))), 'where', SINCE(150000, pg_get_expr(r.prqual,
        r.prrelid))) FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid)"};

constexpr Query publication_schemas{
    postgres_15,
    R"(SELECT 'schema ' || n.pnnspid::regnamespace || ' of publication ' ||
        quote_ident(p.pubname), '' FROM pg_publication_namespace n
        JOIN pg_publication p ON p.oid = n.pnpubid)"};

constexpr Query subscriptions{
    any,
    R"(SELECT 'subscription ' || quote_ident(s.subname), concat_ws(' ', 'enabled', s.subenabled,
        'slot', s.subslotname, SORTED(s.subpublications)) FROM pg_subscription s
        JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database())"};

constexpr Query foreign_data_wrappers{
    any,
    R"(SELECT 'foreign data wrapper ' || quote_ident(w.fdwname), concat_ws(' ', 'owner',
        w.fdwowner::regrole, NULLIF(w.fdwhandler, 0)::regproc, NULLIF(w.fdwvalidator, 0)::regproc,
        'acl', ACL(w.fdwacl, 'F', w.fdwowner), SORTED(w.fdwoptions))
        FROM pg_foreign_data_wrapper w WHERE MINE(w.oid))"};

constexpr Query foreign_servers{
    any,
    R"(SELECT 'server ' || quote_ident(s.srvname), concat_ws(' ', (SELECT w.fdwname
        FROM pg_foreign_data_wrapper w WHERE w.oid = s.srvfdw), 'owner', s.srvowner::regrole,
        s.srvtype, s.srvversion, 'acl', ACL(s.srvacl, 'S', s.srvowner), SORTED(s.srvoptions))
        FROM pg_foreign_server s WHERE MINE(s.oid))"};

constexpr Query user_mappings{
    any,
    R"(SELECT 'user mapping of ' || quote_ident(u.usename) || ' for ' || quote_ident(u.srvname),
        md5(SORTED(u.umoptions)::text) FROM pg_user_mappings u)"};

constexpr Query casts{
    any,
    R"(SELECT 'cast ' || c.castsource::regtype || ' as ' || c.casttarget::regtype, concat_ws(' ',
        NULLIF(c.castfunc, 0)::regprocedure, c.castcontext, c.castmethod) FROM pg_cast c
        WHERE c.oid >= 16384 AND MINE(c.oid))"};

constexpr Query operators{
    any,
    R"(SELECT 'operator ' || o.oid::regoperator, concat_ws(' ', o.oprcode::regprocedure, 'owner',
        o.oprowner::regrole, 'commutator', NULLIF(o.oprcom, 0)::regoperator, 'negator',
        NULLIF(o.oprnegate, 0)::regoperator, o.oprrest, o.oprjoin, o.oprcanhash, o.oprcanmerge)
        FROM pg_operator o WHERE o.oprcode <> 0 AND MINE(o.oid, o.oprnamespace))"};

constexpr Query operator_families{
    any,
    R"(SELECT 'operator family ' || f.opfnamespace::regnamespace || '.' || quote_ident(f.opfname)
        || ' using ' || m.amname, concat_ws(' ', 'owner', f.opfowner::regrole,
        (SELECT string_agg(concat_ws(' ', p.amopstrategy, p.amopopr::regoperator), ', ' ORDER BY
        p.amopstrategy, p.amopopr::regoperator::text) FROM pg_amop p WHERE p.amopfamily = f.oid),
        (SELECT string_agg(concat_ws(' ', p.amprocnum, p.amproc), ', ' ORDER BY p.amprocnum,
        p.amproc::text) FROM pg_amproc p WHERE p.amprocfamily = f.oid))
        FROM pg_opfamily f JOIN pg_am m ON m.oid = f.opfmethod
        WHERE MINE(f.oid, f.opfnamespace))"};

constexpr Query operator_classes{
    any,
    R"(SELECT 'operator class ' || c.opcnamespace::regnamespace || '.' || quote_ident(c.opcname)
        || ' using ' || m.amname, concat_ws(' ', 'owner', c.opcowner::regrole,
        c.opcintype::regtype, NULLIF(c.opckeytype, 0)::regtype, 'default', c.opcdefault, 'family',
        (SELECT f.opfname FROM pg_opfamily f WHERE f.oid = c.opcfamily))
        FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod WHERE MINE(c.oid, c.opcnamespace))"};

constexpr Query collations{
    any,
    R"(SELECT 'collation ' || COLLATION(c.oid), concat_ws(' ', 'owner', c.collowner::regrole,
        to_jsonb(c) - '{oid,collname,collnamespace,collowner,collversion}'::text[])
        FROM pg_collation c WHERE MINE(c.oid, c.collnamespace))"};

constexpr Query conversions{
    any,
    R"(SELECT 'conversion ' || c.connamespace::regnamespace || '.' || quote_ident(c.conname),
        concat_ws(' ', 'owner', c.conowner::regrole, c.conforencoding, c.contoencoding, c.conproc,
        c.condefault) FROM pg_conversion c WHERE MINE(c.oid, c.connamespace))"};

constexpr Query search_configurations{
    any,
    R"(SELECT 'text search configuration ' || c.oid::regconfig, concat_ws(' ', 'owner',
        c.cfgowner::regrole, (SELECT string_agg(concat_ws(' ', m.maptokentype, m.mapseqno,
        m.mapdict::regdictionary), ', ' ORDER BY m.maptokentype, m.mapseqno) FROM pg_ts_config_map m
        WHERE m.mapcfg = c.oid)) FROM pg_ts_config c WHERE MINE(c.oid, c.cfgnamespace))"};

constexpr Query search_dictionaries{
    any,
    R"(SELECT 'text search dictionary ' || d.oid::regdictionary, concat_ws(' ', 'owner',
        d.dictowner::regrole, (SELECT t.tmplname FROM pg_ts_template t
        WHERE t.oid = d.dicttemplate), d.dictinitoption)
        FROM pg_ts_dict d WHERE MINE(d.oid, d.dictnamespace))"};

constexpr Query access_methods{
    any,
    R"(SELECT 'access method ' || quote_ident(m.amname), concat_ws(' ', m.amtype, m.amhandler)
        FROM pg_am m WHERE m.oid >= 16384 AND MINE(m.oid))"};

// Those of the server too, whose rights may be other.
constexpr Query languages{
    any,
    R"(SELECT 'language ' || quote_ident(l.lanname), concat_ws(' ', 'owner', l.lanowner::regrole,
        l.lanpltrusted, 'acl', ACL(l.lanacl, 'l', l.lanowner)) FROM pg_language l)"};

// Their oids are others in every database.
constexpr Query large_objects{
    any,
    R"(SELECT 'large objects', count(*) || ' of them, ' || md5(string_agg(md5(lo_get(o.oid)), ''
        ORDER BY md5(lo_get(o.oid)))) FROM pg_largeobject_metadata o HAVING count(*) > 0)"};

constexpr std::array queries{database_settings,
                             database_itself,
                             schemas,
                             default_privileges,
                             extensions,
                             relations,
                             columns,
                             indexes,
                             constraints,
                             disabled_constraints,
                             sequences,
                             functions,
                             types,
                             triggers,
                             event_triggers,
                             rules,
                             policies,
                             statistics,
                             comments,
                             publications,
                             publication_tables,
                             publication_schemas,
                             subscriptions,
                             foreign_data_wrappers,
                             foreign_servers,
                             user_mappings,
                             casts,
                             operators,
                             operator_families,
                             operator_classes,
                             collations,
                             conversions,
                             search_configurations,
                             search_dictionaries,
                             access_methods,
                             languages,
                             large_objects};

}  // namespace

std::vector<std::string> catalog_queries(int server_version) {
    std::vector<std::string> all;
    for (const Query& query : queries)
        if (server_version >= query.from_version)
            all.push_back(expand_query(query.sql, server_version));
    return all;
}

}  // namespace adapters::postgres
