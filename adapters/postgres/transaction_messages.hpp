// adapters/postgres/transaction_messages.hpp: what one transaction of an attempt sends, in order.
//
// Shared where several attempts share it, each is within a savepoint of its own, so that none can
//        undo another's; and what it has deferred is checked at its end, as its COMMIT would.
// Order  what makes the session ready, BEGIN, the fence, the statements, the verify script under a
//        savepoint, the marker, and a savepoint at the end. COMMIT is a step of its own; where the
//        script only defines, the marker goes with it.
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

}  // namespace adapters::postgres
