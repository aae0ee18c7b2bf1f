#include "migrations/rules/volatility.hpp"
#include "tests/adapters/postgres/stage.hpp"

#include <sstream>

namespace {

// Every name of pg_catalog, what the strictest of its functions is declared, and whether people
// call one of them: it stands neither behind an operator, a type, an aggregate or an index, nor
// does it give rows.
const char* const functions = R"(
WITH behind AS (
    SELECT oprcode::oid AS oid FROM pg_operator UNION ALL SELECT amproc FROM pg_amproc UNION ALL
    SELECT unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggmtransfn, aggminvtransfn,
                        aggmfinalfn, aggserialfn, aggdeserialfn]::oid[]) FROM pg_aggregate UNION ALL
    SELECT unnest(ARRAY[typinput, typoutput, typsend, typreceive, typmodin, typmodout]::oid[])
    FROM pg_type UNION ALL
    SELECT unnest(ARRAY[rngcanonical, rngsubdiff]::oid[]) FROM pg_range),
made AS (
    SELECT proname, provolatile, NOT proretset AND proname !~ '^binary_upgrade' AND
           oid NOT IN (SELECT oid FROM behind) AND NOT EXISTS (
               SELECT FROM unnest(proargtypes || prorettype) AS used
               WHERE used::regtype::text ~ '^(internal|cstring|void|.*trigger|record|.*_command)$'
                  OR used::regtype::text ~ '_handler$') AS is_called
    FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f')
SELECT string_agg(line, E'\n') FROM (
    SELECT proname || ' ' || substr('vsi', min(strpos('vsi', provolatile::text)), 1) || ' ' ||
           bool_or(is_called)::int::text AS line FROM made GROUP BY proname) AS lines)";

// Of an extension, with what the strictest of each name is declared.
const char* const functions_of_extension = R"(
SELECT string_agg(line, E'\n') FROM (
    SELECT proname || ' ' || substr('vsi', min(strpos('vsi', provolatile::text)), 1) AS line
    FROM pg_proc JOIN pg_depend ON objid = pg_proc.oid AND deptype = 'e'
    JOIN pg_extension ON pg_extension.oid = refobjid
    WHERE classid = 'pg_proc'::regclass AND extname = '%' GROUP BY proname) AS lines)";

}  // namespace

TEST_CASE("what people call of PostgreSQL's own functions is known as the server has it") {
    if (tests::no_server()) return;
    tests::Stage stage;
    const bool is_source = stage.person.ask("SHOW server_version_num").starts_with("15");
    std::istringstream lines{stage.person.ask(functions)};
    std::size_t count = 0;
    std::string name;
    char volatility = 0;
    for (bool is_called = false; lines >> name >> volatility >> is_called; ++count) {
        INFO(name);
        const auto known = migrations::rules::volatility_of(name, {});
        if (is_called && is_source) CHECK(known == volatility);
        if (known && volatility == 'v') CHECK(*known == 'v');
    }
    CHECK(count > 1'000);
}

TEST_CASE("no function of contrib that gives another value for each row is known as a steady one") {
    if (tests::no_server()) return;
    tests::Stage stage;
    std::size_t count = 0;
    for (const std::string extension :
         {"uuid-ossp", "hstore", "pgcrypto", "citext", "pg_trgm", "unaccent", "fuzzystrmatch",
          "ltree", "cube", "earthdistance", "intarray", "isn", "seg"}) {
        stage.person.ask("CREATE EXTENSION \"" + extension + "\"");
        std::string query = functions_of_extension;
        query.replace(query.find('%'), 1, extension);
        std::istringstream lines{stage.person.ask(query)};
        std::string name;
        for (char volatility = 0; lines >> name >> volatility; ++count) {
            INFO(extension << ": " << name);
            if (volatility == 'v')
                CHECK(migrations::rules::volatility_of(name, {}).value_or('v') == 'v');
        }
    }
    if (count == 0) WARN("SKIPPED: the server has no contrib extensions");
}
