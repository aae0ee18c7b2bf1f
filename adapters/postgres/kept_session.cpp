#include "adapters/postgres/kept_session.hpp"

#include <set>

namespace adapters::postgres {

ledger::Result<void> expect_own_process(const ConnectionString& string,
                                        const std::string& application_name,
                                        Connection& connection) {
    const auto pid = connection.backend_pid();
    if (!pid) return ledger::fail(to_error(pid.error(), "opening a session"));
    if (*pid == connection.promised_pid()) return {};
    return expect_kept_session(string, application_name, connection);
}

ledger::Result<void> expect_kept_session(const ConnectionString& string,
                                         const std::string& application_name,
                                         Connection& connection) {
    constexpr int times = 2;
    // A pooler that has no process left for it makes it wait: such a one keeps sessions.
    auto beside = Connection::open(string, application_name, "");
    if (!beside) return {};
    (*beside)->when_late([] { return true; });
    std::set<std::int64_t> ours;
    std::set<std::int64_t> others;
    for (int time = 0; time < times; ++time) {
        const auto own = connection.backend_pid();
        if (!own) return ledger::fail(to_error(own.error(), "opening a session"));
        const auto other = (*beside)->backend_pid();
        if (!other) return {};
        ours.insert(*own);
        others.insert(*other);
    }
    if (ours.size() == 1 && others.size() == 1 && ours != others) return {};
    return ledger::fail(
        ledger::Code::refused, "pooler-found",
        string.shown +
            " is a connection pooler that keeps no sessions: two of them are answered by one "
            "server process",
        "let it keep them (PgBouncer: pool_mode = session), or connect to the server itself");
}

}  // namespace adapters::postgres
