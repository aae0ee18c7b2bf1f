#include "adapters/postgres/catalog_text.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "adapters/postgres/catalog_queries.hpp"
#include "adapters/postgres/number_text.hpp"
#include "adapters/postgres/shadow_room.hpp"
#include "ledger/digest.hpp"

#include <utility>

namespace adapters::postgres {

namespace {

using ledger::fail;
using ledger::Result;

Result<void> read_objects(Connection& connection, std::map<std::string, std::string>& objects) {
    for (std::string& query : catalog_queries(connection.server_version())) {
        auto rows = connection.query({std::move(query), {}});
        if (!rows)
            return fail(shadow_error(rows.error(), "reading the shadow's catalog", connection));
        for (const Values& row : rows->values)
            objects[row.at(0).value_or("")] = row.at(1).value_or("");
    }
    return {};
}

Result<std::map<std::string, commands::DataChecksum>> read_checksums(Connection& connection) {
    auto tables = connection.query(
        {R"(SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm')
        AND c.relispopulated AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1)",
         {}});
    if (!tables) return fail(shadow_error(tables.error(), "looking for tables", connection));
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
        if (!sum) return fail(shadow_error(sum.error(), "reading the rows of " + name, connection));
        data[name] = {whole_number(sum->first().at(0)), sum->first().at(1).value_or("")};
    }
    return data;
}

}  // namespace

Result<commands::CatalogText> read_catalog(Connection& connection) {
    commands::CatalogText catalog;
    auto read =
        with_catalog_path(connection, [&] { return read_objects(connection, catalog.objects); });
    if (!read) return fail(read.error());
    std::string all;
    for (const auto& [identity, definition] : catalog.objects)
        all += identity + '\x1f' + definition + '\x1e';
    catalog.digest = ledger::sha256(all);
    return catalog;
}

Result<std::map<std::string, commands::DataChecksum>> read_data(Connection& connection) {
    return with_catalog_path(connection, [&] { return read_checksums(connection); });
}

}  // namespace adapters::postgres
