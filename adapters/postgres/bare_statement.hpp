// adapters/postgres/bare_statement.hpp: what surrounds a statement that runs in no transaction.
//
// Shape  prepare, the statement itself, finish, check. A concurrent index build waits for others'
//        transactions by design, so our lock_timeout is lifted around it (a file's own SET wins);
//        before its retry the leftovers of the last try go; afterwards the index must be valid.
// Commits What a CALL or DO has committed before it was ended stays: told by the number that a
//         session gives each of its transactions (PostgreSQL manual, 74.1).
#pragma once

#include "adapters/postgres/transaction.hpp"
#include "commands/ports.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace adapters::postgres {

class BareStatement {
public:
    BareStatement(AttemptScene& scene, std::uint32_t statement_index);

    // Nothing where the statement may be sent.
    [[nodiscard]] std::optional<commands::AttemptFailed> prepare(const Command& take_fence,
                                                                 bool may_be_a_retry);
    // What is sent: the statement, or what goes on with it where its last try was cut off halfway.
    [[nodiscard]] const std::string& text() const { return text_; }
    void finish();
    [[nodiscard]] std::optional<commands::AttemptFailed> check();
    // Of one that was ended: whether it has ended a transaction itself before, so that part of its
    // work may stay. Where the session cannot tell, it may.
    [[nodiscard]] bool has_committed_inside();
    // The invalid indexes that it has left by failing, in words; nothing where there are none.
    [[nodiscard]] std::optional<std::string> left_behind();
    // The leftovers of an earlier try that the role may not drop, each in words.
    [[nodiscard]] const std::vector<std::string>& stays() const { return stays_; }
    // What it has left half done, in words; of one that did not succeed.
    [[nodiscard]] std::vector<std::string> begun();
    // Of a retry that failed: an earlier try had left it half done, and it has been finished since.
    [[nodiscard]] bool is_over();
    // The reply of such a one, with what the server said in its notices.
    [[nodiscard]] static Reply finished_by_hand(const Reply& failed);

private:
    std::optional<commands::AttemptFailed> lift_lock_timeout();
    std::optional<commands::AttemptFailed> drop_leftovers();
    std::optional<commands::AttemptFailed> go_on();
    std::optional<commands::AttemptFailed> note_transaction();
    tl::expected<std::uint64_t, ServerError> ask_transaction();
    bool is_harmless(const ServerError& error) const;
    commands::AttemptFailed failure(const ServerError& error) const;

    AttemptScene& scene_;
    std::uint32_t index_;
    const migrations::Boxed<migrations::ConcurrentIndex>& concurrent_;
    std::string text_;
    bool is_lifted_{};
    std::vector<std::string> stays_;
    std::optional<std::uint64_t> transaction_before_;  // of what may commit inside
};

}  // namespace adapters::postgres
