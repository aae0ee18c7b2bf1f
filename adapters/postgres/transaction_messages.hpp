// adapters/postgres/transaction_messages.hpp: what one transaction of an attempt sends, in order.
//
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
