#include "commands/attempt_events.hpp"

#include "ledger/clean.hpp"
#include "ledger/codec.hpp"

#include <optional>
#include <set>

namespace commands {

using ledger::Content;

namespace {

constexpr std::size_t text_bytes_max = 4 * 1024;
constexpr std::size_t inline_statements_bytes_max = 6 * 1024;

std::uint32_t count(const AttemptOrder& order) {
    return static_cast<std::uint32_t>(order.script->statements.size());
}

// What every outcome says of the attempt it is of.
template <class Outcome>
Outcome outcome_of(const AttemptOrder& order) {
    Outcome event;
    event.attempt = order.marker.attempt;
    event.target = {order.marker.target};
    event.version = order.marker.version;
    event.direction = order.marker.direction;
    event.digest = order.marker.digest;
    return event;
}

std::optional<std::string> cleaned(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    return ledger::clean(*text, text_bytes_max / 2);
}

// Calls whose effect outlives the rollback of a transactional attempt.
std::vector<std::string> survivors_of(const AttemptOrder& order, const AttemptFailed& outcome) {
    std::set<std::string> names;
    for (std::size_t index = 0; index < order.script->statements.size(); ++index) {
        if (outcome.statement_index && index > *outcome.statement_index) break;
        const auto& statement = order.script->statements[index];
        names.insert(statement.survivors.begin(), statement.survivors.end());
    }
    return {names.begin(), names.end()};
}

}  // namespace

Recorded started_event(const AttemptOrder& order, std::uint32_t try_number, std::string cause) {
    ledger::AttemptStarted event{order.marker.attempt,   {order.marker.target},
                                 order.marker.version,   order.marker.name,
                                 order.marker.direction, order.marker.digest,
                                 std::nullopt,           try_number,
                                 order.transactional,    std::nullopt,
                                 count(order),           order.first_statement_index,
                                 order.indexes_before};
    if (!cause.empty()) event.cause = ledger::clean(cause, text_bytes_max);
    std::vector<Content> contents;
    if (order.script->text != order.script->bytes) {
        contents.push_back({order.script->text, "sql"});
        event.executed = ledger::reference(contents.back());
    }
    return {std::move(event), std::move(contents)};
}

ledger::Result<Recorded> succeeded_event(const AttemptOrder& order,
                                         const AttemptSucceeded& outcome) {
    auto event = outcome_of<ledger::AttemptSucceeded>(order);
    event.elapsed_us = outcome.elapsed_us;
    event.statement_count = count(order);

    auto lines = ledger::encode_statements(outcome.statements);
    if (!lines) return ledger::fail(lines.error());
    std::vector<Content> contents;
    if (lines->size() <= inline_statements_bytes_max) {
        event.statements = outcome.statements;
    } else {
        contents.push_back({std::move(*lines), "statements"});
        event.statements_content = ledger::reference(contents.back());
    }
    return Recorded{std::move(event), std::move(contents)};
}

Recorded failed_event(const AttemptOrder& order, const AttemptFailed& outcome) {
    auto event = outcome_of<ledger::AttemptFailed>(order);
    event.cause = outcome.cause;
    event.sqlstate = outcome.sqlstate;
    event.message = ledger::clean(outcome.message, text_bytes_max);
    event.detail = cleaned(outcome.detail);
    event.hint = cleaned(outcome.hint);
    event.statement_index = outcome.statement_index;
    event.line = outcome.line;
    event.column = outcome.column;
    event.elapsed_us = outcome.elapsed_us;
    event.statements_done = order.transactional ? 0 : outcome.statements_done;
    event.statement_count = count(order);
    event.resumable = !order.transactional;
    event.survivors = order.transactional ? survivors_of(order, outcome) : outcome.begun;

    std::vector<Content> contents;
    if (outcome.message.size() > text_bytes_max) {
        contents.push_back({outcome.message, "error"});
        event.message_content = ledger::reference(contents.back());
    }
    return {std::move(event), std::move(contents)};
}

Recorded cancelled_event(const AttemptOrder& order, const AttemptCancelled& outcome) {
    // One that has left what no count of statements says has failed, whoever wanted it.
    if (!outcome.begun.empty()) {
        AttemptFailed failure;
        failure.cause = ledger::FailureCause::interrupted;
        failure.message = "cancelled by " + outcome.signal;
        failure.statement_index = outcome.statements_done;
        failure.elapsed_us = outcome.elapsed_us;
        failure.statements_done = outcome.statements_done;
        failure.begun = outcome.begun;
        return failed_event(order, failure);
    }
    auto event = outcome_of<ledger::AttemptCancelled>(order);
    event.signal = outcome.signal;
    event.elapsed_us = outcome.elapsed_us;
    event.statements_done = order.transactional ? 0 : outcome.statements_done;
    event.statement_count = count(order);
    event.resumable = !order.transactional;
    return {std::move(event), {}};
}

}  // namespace commands
