// adapters/postgres/blockers.hpp: who keeps a statement waiting for a lock, and whether its answer
// is lost, asked beside it.
//
// Shape    a session of its own, opened once a reply is late; nothing here ever waits. Where the
//          server will not open another session, nobody is named, and that is all.
// Cost     nothing while replies come within 200 ms (a fifth of a shorter lock_timeout); then at
//          most five questions in a second, one every two seconds in the end.
// Trust    no query text: it may hold row data. To see who they are the role needs
//          pg_read_all_stats or to be the same; else only pid and application are known.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/lost_answer.hpp"
#include "adapters/postgres/sessions.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>
#include <vector>

namespace adapters::postgres {

class Blockers {
public:
    Blockers(const Sessions& sessions, std::int64_t waiting_pid, std::uint64_t lock_timeout_ms);

    // Goes on asking.
    void advance(const Awaited& awaited);

    // The socket whose answer the next advance() goes on from: so that a wait for it and for the
    // reply can be one, and a short lock_timeout does not run out before.
    [[nodiscard]] std::optional<pollfd> awaited() const;

    // "waiting for AccessExclusiveLock on relation ... held by pid ...", of the newest wait.
    [[nodiscard]] const std::optional<std::string>& seen() const { return seen_; }

    // Why the reply under way will never come, once that is sure.
    [[nodiscard]] const std::optional<std::string>& lost() const { return lost_answer_.why(); }

private:
    enum class State { unopened, opening, idle, asking, unavailable };

    [[nodiscard]] bool is_time(std::uint64_t waited_us) const;
    void open();
    void go_on_opening();
    void ask();
    void take_answer();
    void take_rows(const std::vector<Values>& rows);

    const Sessions& sessions_;
    std::string waiting_pid_;
    std::uint64_t pause_us_max_;
    std::uint64_t first_pause_us_{};
    std::unique_ptr<Connection> connection_;
    State state_{State::unopened};
    short opening_events_{};  // of poll(): what PQconnectPoll() waits for
    Awaited awaited_;         // at the last call
    std::uint64_t pause_us_;
    std::uint64_t asked_at_us_{};
    bool is_question_old_{};  // asked while another reply was awaited
    std::optional<std::string> seen_;
    LostAnswer lost_answer_;
};

// The sentence, from what the query of blockers.cpp gives. Pure.
[[nodiscard]] std::optional<std::string> tell_blockers(const std::vector<Values>& rows);

}  // namespace adapters::postgres
