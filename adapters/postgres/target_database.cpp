#include "adapters/postgres/target_database.hpp"

#include "adapters/postgres/no_further_session.hpp"
#include "adapters/postgres/opening_lock.hpp"
#include "adapters/postgres/sessions.hpp"
#include "adapters/postgres/target.hpp"

#include <future>
#include <utility>

namespace adapters::postgres {

ledger::Result<std::unique_ptr<commands::TargetDatabase>> connect(
    const commands::SessionSettings& settings, const std::shared_future<LockSession>& lock_session,
    std::shared_ptr<LeftSession> left) {
    auto string = parse_connection_string(settings.url);
    if (!string) return ledger::fail(string.error());
    Sessions sessions{*std::move(string), settings};
    OpeningLock beside;
    // A pooler may have no second session to give while it is looked at whether it keeps them.
    if (!settings.pooler_is_session) beside = open_lock_beside(sessions, lock_session);
    TimedFacts facts;
    auto work = sessions.open_first(facts);
    if (!work && beside.valid())
        if (const auto lock = beside.get(); lock && *lock)
            return ledger::fail(no_further_session(work.error()));
    if (!work) return ledger::fail(work.error());
    auto target = std::make_unique<Target>(std::move(sessions), *std::move(work), std::move(facts),
                                           settings, std::move(left));
    if (!beside.valid()) return target;
    if (!is_told(lock_session)) target->read_ahead();
    target->read_ahead(std::move(beside));
    return target;
}

ledger::Result<std::unique_ptr<commands::TargetDatabase>> connect(
    const commands::SessionSettings& settings, LockSession lock_session,
    std::shared_ptr<LeftSession> left) {
    std::promise<LockSession> told;
    told.set_value(lock_session);
    return connect(settings, told.get_future().share(), std::move(left));
}

}  // namespace adapters::postgres
