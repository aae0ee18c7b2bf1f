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
