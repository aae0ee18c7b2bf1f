#include "adapters/postgres/query_abbreviations.hpp"

#include "adapters/postgres/catalog_queries.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace adapters::postgres;

namespace {

bool says(const std::vector<std::string>& queries, const std::string& part) {
    return std::any_of(queries.begin(), queries.end(),
                       [&](const std::string& query) { return query.find(part) != query.npos; });
}

}  // namespace

TEST_CASE("an abbreviation takes arguments with parentheses of their own") {
    CHECK(expand_query("SELECT SORTED(f(a, b)), 1", 150'000) ==
          "SELECT (SELECT array_agg(i::text ORDER BY i::text) FROM unnest(f(a, b)) i), 1");
    CHECK(expand_query("x MINE(a.oid) y", 150'000).find("m.oid = NULL") != std::string::npos);
}

TEST_CASE("what an older server does not have is not asked") {
    CHECK(expand_query("SELECT SINCE(140000, f(a, b))", 130'000) == "SELECT NULL");
    CHECK(expand_query("SELECT SINCE(140000, f(a, b))", 140'000) == "SELECT  f(a, b)");
    const auto old = catalog_queries(120'000);
    const auto now = catalog_queries(150'000);
    CHECK(now.size() > old.size());
    for (const char* name :
         {"pg_publication_namespace", "prqual", "pubviaroot", "attcompression"}) {
        CHECK(!says(old, name));
        CHECK(says(now, name));
    }
    for (const auto& queries : {old, now})
        for (const char* name :
             {"SINCE(", "ACL(", "SORTED(", "MINE(", "COLLATION(", "#", "regcollation"})
            CHECK(!says(queries, name));
}
