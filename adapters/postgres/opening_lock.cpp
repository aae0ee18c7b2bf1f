#include "adapters/postgres/opening_lock.hpp"

#include <chrono>
#include <utility>

namespace adapters::postgres {

using ledger::Result;

Result<std::unique_ptr<RunLock>> open_lock(Sessions& sessions) {
    auto opened = sessions.open(Sessions::Purpose::lock);
    if (!opened) return ledger::fail(opened.error());
    return std::make_unique<RunLock>(std::move(opened->connection));
}

OpeningLock open_lock_beside(const Sessions& sessions,
                             const std::shared_future<LockSession>& wanted) {
    if (is_told(wanted) && wanted.get() == LockSession::when_asked_for) return {};
    return std::async(std::launch::async,
                      [copy = sessions, wanted]() mutable -> Result<std::unique_ptr<RunLock>> {
                          if (wanted.get() == LockSession::when_asked_for) return nullptr;
                          auto lock = open_lock(copy);
                          if (lock)
                              if (auto tried = (*lock)->try_ahead(); !tried)
                                  return ledger::fail(tried.error());
                          return lock;
                      });
}

bool is_told(const std::shared_future<LockSession>& wanted) {
    return wanted.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

}  // namespace adapters::postgres
