// adapters/postgres/transaction_messages.hpp: what one transaction of an attempt sends, in order.
//
// Shared where several attempts share it, each is within a savepoint of its own, so that none can
//        undo another's.
// Order  what makes the session ready, BEGIN, the fence, the statements, what they have deferred in
//        the session as they leave it, the verify script under a savepoint, the marker, and a
//        savepoint at the end. COMMIT is a step of its own; where the script only defines, the
//        marker goes with it.
#pragma once

#include "adapters/postgres/transaction.hpp"

#include <cstdint>
#include <vector>

namespace adapters::postgres {

struct Message {
    enum class Role {
        opening,
        preparation,
        begin,
        fence,
        statement,
        rollback,
        savepoint,
        verify,
        prelude,
        deferred,
        marker,
        end
    };
    Role role{};
    std::uint32_t index{};  // of a statement
    Command command;        // of all but statements, whose text stays in the script
};

[[nodiscard]] std::vector<Message> compose(const AttemptScene& scene,
                                           const TransactionOrder& order);

// Else its reply may wait for the next one's.
[[nodiscard]] bool is_answered_at_once(Message::Role role);

// Why an attempt fails one of whose messages is answered so.
[[nodiscard]] ledger::FailureCause cause_of(Message::Role role, const Reply& reply);

}  // namespace adapters::postgres
