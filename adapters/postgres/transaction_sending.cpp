#include "adapters/postgres/transaction_sending.hpp"

#include "adapters/postgres/sessions.hpp"

namespace adapters::postgres {

using Role = Message::Role;

void send_message(const AttemptScene& scene, const TransactionOrder& order,
                  const std::vector<Message>& messages, std::size_t place) {
    const Message& message = messages[place];
    if (message.role == Role::statement) {
        scene.dialogue.send({statement_text(*scene.order.script, message.index), {}});
    } else if (message.role == Role::verify) {
        scene.dialogue.send({statement_text(*order.verify, message.index), {}});
    } else {
        const bool is_timed = !scene.only_defines && is_answered_at_once(message.role);
        scene.dialogue.send(message.command,
                            is_timed ? Dialogue::Haste::own_reply : Dialogue::Haste::with_the_next);
    }
    // After the last one the server is idle in a transaction, and ends a session without a client.
    // A savepoint fails outside a block: a transaction that the file has ended is not committed.
    const bool is_last_opening =
        message.role == Role::opening && (messages[place + 1].role != Role::opening ||
                                          message.command.sql == Sessions::whole_cleaning);
    if (is_last_opening || message.role == Role::preparation || message.role == Role::end)
        scene.dialogue.sync();
}

void undo_transaction(Dialogue& dialogue) {
    if (dialogue.is_lost()) return;
    dialogue.unshield();
    dialogue.send({"ROLLBACK", {}});  // before the sync, which would commit what the file opened
    dialogue.sync();
    dialogue.drain_by_cancelling();
    dialogue.shield();
    dialogue.send({"ROLLBACK", {}});  // the first is skipped after an error
    dialogue.sync();
    dialogue.drain();
    dialogue.unshield();
}

std::size_t send_ahead(const AttemptScene& scene, const TransactionOrder& order) {
    if (scene.dialogue.is_full()) return 0;
    const auto messages = compose(scene, order);
    scene.dialogue.goes_ahead();
    for (std::size_t place = 0; place < messages.size(); ++place)
        send_message(scene, order, messages, place);
    return messages.size();
}

}  // namespace adapters::postgres
