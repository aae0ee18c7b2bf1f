#include "tools/varve/import_options.hpp"

#include "tools/varve/verb_options.hpp"

#include <memory>

namespace tools::varve {

namespace {

void add_options(CLI::App& verb, ImportVerbOptions& options) {
    verb.add_option("--from", options.from,
                    "the tool: flyway, golang-migrate, drizzle, prisma, dbmate, goose, diesel, "
                    "sqlx, sqitch, node-pg-migrate, supabase, tern, sql-migrate, pop, popx, morph, "
                    "postgres-migrations, graphile-migrate, graphile-worker, sourcegraph, hasura, "
                    "atlas (recognised where it is not said)");
    verb.add_option("--table", options.table, "its table, where it has another name: SCHEMA.NAME");
    verb.add_option("--unfinished", options.unfinished,
                    "what is true of everything that the tool began and never finished (dirty)")
        ->check(CLI::IsMember({"applied", "unapplied"}));
    verb.add_flag("--accept-digest", options.accept_digest,
                  "files that were edited since stand for what was applied; needs --reason");
    verb.add_flag("--dry-run", options.dry_run, "show what would be taken over; change nothing");
    verb.add_flag("--init", options.init, "make the ledger where there is none");
}

}  // namespace

void add_import(CLI::App& app, Words& words) {
    // The verb's action keeps them for as long as CLI11 may refer to them.
    const auto options = std::make_shared<ImportVerbOptions>();
    auto& verb = add_verb(
        app, words, "import", "take over what another migration tool has kept of a database",
        "varve import --from flyway --dry-run",
        [options](const auto& i, const auto& c) { return import_history(i, c, *options); });
    add_options(verb, *options);
    add_locks(verb, words);
}

}  // namespace tools::varve
