// adapters/postgres/dialogue.hpp: commands sent ahead in libpq's pipeline, replies read in order.
//
// Shape    a command carries a flush request, so that it has its own reply and duration as soon as
//          the server has run it. Nothing here blocks: a script of any size cannot deadlock with
//          the replies that come back while it is being sent.
// Cancel   while it waits it asks the observer, at least every 100 ms, and then cancels on a
//          connection of its own, again and again until a reply says so. shield() ends that; the
//          observer is asked all the same, since it also shows that time passes.
// Beside   while it waits it also tells how long, and gives the connection up where that is
//          answered with a reason. Told at least every 50 ms, and at once where the socket that is
//          awaited beside is ready: what opens a session there takes several answers.
// Cost     no round trip but the waits in receive().
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/lost_answer.hpp"
#include "adapters/postgres/server_error.hpp"
#include "adapters/postgres/stopwatch.hpp"
#include "commands/ports.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <poll.h>
#include <string>
#include <utility>
#include <vector>

namespace adapters::postgres {

// Given by us: COPY to or from the client, after which the session is closed.
inline constexpr const char* copy_sqlstate = "0A000";

struct Reply {
    enum class Kind {
        succeeded,
        failed,
        skipped,  // not run, since an earlier command of the same sync failed
        lost,     // the connection has ended
    };
    Kind kind{};
    std::string command_tag;
    std::optional<std::uint64_t> row_count;
    Values row;         // the first one; of our own queries
    ServerError error;  // of failed and lost
    std::vector<std::string> notices;
    std::uint64_t elapsed_us{};
};

struct Together {
    std::vector<Reply> replies;
    std::vector<std::string> notices;
};

using Beside = std::function<std::optional<std::string>(const Awaited&)>;
// Nothing: no other socket is awaited at this moment. What is told then must take what is there.
using BesideSocket = std::function<std::optional<pollfd>()>;

class Dialogue {
public:
    // Nobody to ask: nothing cancels.
    explicit Dialogue(Connection& connection);
    Dialogue(Connection& connection, commands::AttemptObserver& observer);
    Dialogue(const Dialogue&) = delete;
    Dialogue& operator=(const Dialogue&) = delete;
    ~Dialogue();

    // `with_the_next` is answered together with what is sent next, and has no time of its own: the
    // whole of it is the next one's.
    enum class Haste { own_reply, with_the_next };
    void send(const Command& command, Haste haste = Haste::own_reply);
    void sync();  // ends the implicit transaction, or the skipping after a failure

    // What is sent from now on is not needed for the replies that are outstanding: where it waits
    // on this side, they may have been answered all the same.
    void goes_ahead() { awaited_count_ = outstanding_commands_.size(); }

    // Enough is under way: receive before sending more.
    [[nodiscard]] bool is_full() const;

    [[nodiscard]] Reply receive();  // of the oldest command that has none yet
    void drain();                   // reads until nothing is expected any more
    void drain_by_cancelling();     // the same, where what still runs is to be undone anyway

    // One command by the simple protocol, outside the pipeline; nothing else may be under way.
    [[nodiscard]] Reply send_alone(const std::string& sql);

    // Several statements as one simple query, outside the pipeline: a reply each, up to the first
    // that failed. Their time is shared out evenly, and their notices come without order. Nothing
    // else may be under way.
    [[nodiscard]] Together send_together(const std::string& sql);

    // A question of our own, with all its rows; nothing else may be under way.
    [[nodiscard]] Answer ask(const Command& command);

    [[nodiscard]] bool is_lost() const { return lost_; }

    // Somebody else is asked from now on, and told; or nobody.
    void tell(commands::AttemptObserver* observer) { observer_ = observer; }
    void tell_beside(Beside beside, BesideSocket socket) {
        beside_ = std::move(beside);
        beside_socket_ = std::move(socket);
    }

    void shield() { is_shielded_ = true; }
    void unshield() { is_shielded_ = false; }
    // The signal that was seen, if any.
    [[nodiscard]] const std::optional<std::string>& signal() const { return signal_; }
    // Asks the observer now.
    bool is_cancelled();

private:
    bool wait_until_ready();
    void poll_socket();
    void cancel_where_asked();
    void show_that_it_waits();
    void look_beside();
    [[nodiscard]] bool has_sent_all() const;
    void give_up(std::string why);
    Reply wait_alone(const std::string& sql);
    void collect(Together& together, ResultPointer result, Reply& current);
    void absorb(Reply& reply, ResultPointer result);
    Reply lose(Reply reply);

    Connection& connection_;
    PGconn* raw_;
    commands::AttemptObserver* observer_{};
    Beside beside_;
    BesideSocket beside_socket_;
    bool is_beside_ready_{};
    std::optional<std::string> given_up_;
    std::optional<std::string> signal_;
    std::deque<Haste> outstanding_commands_;  // the oldest first
    std::uint32_t outstanding_syncs_{};
    std::size_t awaited_count_{};  // of the outstanding ones, before what was sent ahead
    bool has_backlog_{};
    std::size_t unflushed_bytes_{};
    bool is_shielded_{};
    bool is_alone_{};  // send_alone() waits
    bool cancels_all_{};
    bool lost_{};
    Stopwatch since_reply_;
    Stopwatch since_question_;
    Stopwatch since_beside_;
    std::optional<Stopwatch> since_cancel_;
};

}  // namespace adapters::postgres
