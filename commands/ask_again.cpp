#include "commands/ask_again.hpp"

#include "commands/database_identity.hpp"
#include "commands/situation.hpp"
#include "ledger/fail_point.hpp"

#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

Result<void> check_present(TargetDatabase& database, const ServerFacts& facts,
                           const ledger::Uuid& attempt, std::chrono::milliseconds fence_wait) {
    const auto marker = database.settled_marker(attempt, fence_wait);
    if (!marker) return fail(marker.error());
    if (*marker && (*marker)->statements_done == (*marker)->statements_total) return {};
    auto error = check_writable(facts).error();
    error.detail += ", and what it does not have yet may have happened all the same";
    return fail(std::move(error));
}

}  // namespace

Result<std::unique_ptr<TargetDatabase>> ask_again(Services& services, const ServerFacts& before,
                                                  const ledger::Uuid& attempt,
                                                  std::chrono::milliseconds fence_wait) {
    auto database = services.connect();
    if (!database) return database;
    ledger::fail_point("connected-again");
    const auto facts = (*database)->facts();
    if (!facts) return fail(facts.error());
    if (is_another(*facts, before.system_identifier, before.database_oid))
        return fail(Code::in_doubt, "database-differs",
                    "what answers now is another database, \"" + facts->database + "\" (oid " +
                        std::to_string(facts->database_oid) + " of cluster " +
                        facts->system_identifier + ")",
                    "varve recover, once the URL leads to the first one again");
    if (!facts->read_only) return database;
    if (auto present = check_present(**database, *facts, attempt, fence_wait); !present)
        return fail(present.error());
    return database;
}

}  // namespace commands
