// adapters/postgres/transaction_sending.hpp: what one transaction of an attempt has to send, on its
// way.
//
// Ahead  behind a COMMIT whose reply is not there yet, the statements of the attempt that comes
// next
//        may be sent, with the fence that fails where that COMMIT does: the server goes on while
//        its client keeps what has happened. Their replies wait for whoever makes that attempt.
#pragma once

#include "adapters/postgres/transaction_messages.hpp"

#include <cstddef>
#include <vector>

namespace adapters::postgres {

void send_message(const AttemptScene& scene, const TransactionOrder& order,
                  const std::vector<Message>& messages, std::size_t place);

// Sends what comes before its COMMIT, and receives nothing: how many messages, or none where too
// much is under way. Of a short script that only defines.
[[nodiscard]] std::size_t send_ahead(const AttemptScene& scene, const TransactionOrder& order);

// Ends the transaction that is open, or will be once what was sent has run: nothing of it stays.
void undo_transaction(Dialogue& dialogue);

}  // namespace adapters::postgres
