#include "tools/varve/testing_verbs.hpp"

#include "tools/varve/verb_options.hpp"

#include <memory>

namespace tools::varve {

void add_testing(CLI::App& app, Words& words) {
    // The verb's action keeps them for as long as CLI11 may refer to them.
    const auto kept = std::make_shared<TestOptions>();
    TestOptions& options = *kept;
    auto& verb =
        add_verb(app, words, "test", "try what is pending on a disposable server, in suites",
                 "varve test\n  varve test --rollback --migration 20261122093000\n"
                 "  varve test --integrity --env production",
                 [kept](const auto& i, const auto& c) { return test(i, c, *kept); });
    const char* group = "Suites (all but --integrity where none is named)";
    verb.add_flag("--schema", options.schema,
                  "the rules; up from empty; up from where the target stands")
        ->group(group);
    verb.add_flag("--dry-run", options.dry_run, "every statement succeeds")->group(group);
    verb.add_flag("--rollback", options.rollback, "up, down, up: catalog and rows are as before")
        ->group(group);
    verb.add_flag("--idempotency", options.idempotency,
                  "a second time over; killed after each statement, and gone on with")
        ->group(group);
    verb.add_flag("--integrity", options.integrity,
                  "the target's data, read only: orphans, duplicates, nulls, sequences")
        ->group(group);
    auto* migration =
        verb.add_option("--migration", options.migration, "this one alone, pending or not");
    auto* all = verb.add_flag("--all", options.all, "the whole folder, from an empty database")
                    ->excludes(migration);
    add_shadow_from(verb, options.shadow_from)->excludes(all);
    add_shadow_timeout(verb, options.statement_timeout);
    verb.add_flag("--no-record", options.no_record, "leave no event of this in the ledger");
    verb.add_option("--query-timeout", options.query_timeout,
                    "how long a question of --integrity may take (60s)");
}

}  // namespace tools::varve
