// adapters/postgres/lost_answer.hpp: whether an answer that is late will never come.
//
// Why      something between us and the server may keep a connection open that passes nothing on:
//          no keepalive tells, and a COMMIT would be waited for without end.
// Shape    looked at beside it: a server process that waits for its client has answered all that
//          has reached it, and one that is gone answers nothing. Whatever else it does (runs, waits
//          for a lock, in COMMIT for a standby) is waited for; and within a transaction that waits
//          for us, since the server ends it soon (commands::idle_in_transaction_time), but not
//          amid a pipeline: to the server that is no idle session.
// Trust    only what two looks tell alike, some seconds apart, of a server that was started when
//          ours was: behind one address there may be several. Who is wrong loses a connection, and
//          settles what was under way by its marker.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace adapters::postgres {

// What is awaited, for how long, and how far it is on its way.
struct Awaited {
    std::uint64_t waited_us{};
    // May take effect by itself, a COMMIT or a bare statement; so the connection is given up only
    // where no answer can be hoped for.
    bool is_decisive{};
    bool is_sent{};  // nothing of it waits on this side
};

// The server process of a session, as another session sees it.
struct Sighting {
    bool is_there{};
    bool is_of_our_server{};
    bool waits_for_client{};
    bool is_in_pipeline{};  // amid messages that belong together: no time-out of the server's ends
                            // it
    std::string since;      // whatever changes where it does something
    bool operator==(const Sighting&) const = default;
};

class LostAnswer {
public:
    // Of another reply than before nothing has been seen yet.
    void forget() { seen_.reset(); }
    // `asked_at_us`: how long the answer had been awaited when the question was sent.
    void see(const Sighting& sighting, const Awaited& awaited, std::uint64_t asked_at_us);

    // Why it is not to be waited for any more; nothing while it is.
    [[nodiscard]] const std::optional<std::string>& why() const { return why_; }

private:
    std::optional<Sighting> seen_;  // that no answer is to be hoped for, if so
    std::uint64_t seen_at_us_{};    // for the first time
    std::optional<std::string> why_;
};

}  // namespace adapters::postgres
