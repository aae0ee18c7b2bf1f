#include "commands/attempt_order.hpp"

namespace commands {

using ledger::fail;
using ledger::Result;

Result<AttemptOrder> make_order(Journal& journal, const ServerFacts& facts, const Step& step,
                                const AttemptKind& kind) {
    const auto head = journal.store().head();
    if (!head) return fail(head.error());
    if (step.script->is_unread)
        return fail(ledger::Code::refused, "script-unread",
                    step.script->path + " was not read, and so cannot be run",
                    "this is a bug in varve");
    AttemptOrder order;
    order.script = step.script;
    order.verify = step.verify;
    order.transactional = kind.transactional;
    order.first_statement_index = kind.first_statement_index;
    order.marker = {kind.attempt,
                    step.entry.version,
                    step.entry.name,
                    step.entry.direction,
                    step.entry.digest,
                    journal.target().name,
                    facts.system_identifier,
                    facts.database_oid,
                    head->ledger,
                    head->size,
                    head->root,
                    kind.first_statement_index,
                    step.entry.statement_count,
                    journal.context().actor.id,
                    0};
    return order;
}

}  // namespace commands
