#include "adapters/postgres/transaction_messages.hpp"

#include "adapters/postgres/sessions.hpp"

#include <algorithm>
#include <utility>

namespace adapters::postgres {

namespace {

using Role = Message::Role;

// For all that its statements show: most of those that verify only read.
bool writes(const migrations::Script& script) {
    return std::ranges::any_of(script.statements, [](const migrations::Statement& statement) {
        return statement.control == migrations::Control::none && statement.kind != "select";
    });
}

class Composition {
public:
    Composition(const AttemptScene& scene, const TransactionOrder& order)
        : scene_{scene}, order_{order} {}

    std::vector<Message> run() {
        const auto& step = order_.step;
        const auto& script = *scene_.order.script;
        for (const auto& command : order_.opening)
            add(command.form == Command::Form::preparation ? Role::preparation : Role::opening,
                command);
        if (!order_.continues)
            add(Role::begin,
                {step.begin_index ? statement_text(script, *step.begin_index) : begin_of_ours(),
                 {}});
        add_body(step.rolls_back);
        if (step.rolls_back) {
            add(Role::rollback, {"ROLLBACK", {}});
            add(Role::prelude, {"BEGIN", {}});
            add(Role::fence, scene_.markers.fence(fence()));
        }
        if (may_defer()) add(Role::deferred, {"SET CONSTRAINTS ALL IMMEDIATE", {}});
        add_verify();
        if (!scene_.only_defines) {
            for (auto& command : MarkerTable::prelude()) add(Role::prelude, std::move(command));
            add(Role::marker, order_.marker);
        }
        if (is_shared() && !order_.stays_open)
            add(Role::savepoint, {"RELEASE SAVEPOINT varve_migration", {}});
        add(Role::end,
            {order_.stays_open ? "RELEASE SAVEPOINT varve_migration" : "SAVEPOINT varve_end", {}});
        return std::move(messages_);
    }

private:
    [[nodiscard]] const ledger::Uuid& fence() const {
        return order_.fence ? *order_.fence : scene_.order.marker.attempt;
    }

    // What only marks writes, whatever the file has set for its own transactions.
    [[nodiscard]] const char* begin_of_ours() const {
        return order_.step.body.empty() ? "BEGIN READ WRITE" : "BEGIN";
    }

    void add(Role role, Command command) { messages_.push_back({role, 0, std::move(command)}); }

    // Left to COMMIT, it would be run in the session as the marker has it.
    [[nodiscard]] bool may_defer() const {
        return !scene_.only_defines && !order_.step.rolls_back && !order_.step.body.empty();
    }

    [[nodiscard]] bool is_shared() const { return order_.continues || order_.stays_open; }

    void add_fence() {
        add(Role::fence, scene_.only_defines ? MarkerTable::fence_prepared(fence(), scene_.after)
                                             : scene_.markers.fence(fence()));
        if (is_shared()) add(Role::savepoint, {"SAVEPOINT varve_migration", {}});
    }

    // The fence comes after what sets the transaction up, which must be first.
    void add_body(bool rolls_back) {
        const auto& body = order_.step.body;
        const auto settings_count = transaction_settings_count(*scene_.order.script, body);
        messages_.reserve(messages_.size() + body.size() + beside_body);
        for (std::size_t place = 0; place <= body.size(); ++place) {
            if (place == settings_count && !rolls_back) add_fence();
            if (place < body.size()) messages_.push_back({Role::statement, body[place], {}});
        }
    }

    void add_verify() {
        if (order_.verify == nullptr) return;
        add(Role::savepoint, {"SAVEPOINT varve_verify", {}});
        if (may_defer() && writes(*order_.verify))
            add(Role::savepoint, {Sessions::initial_constraints, {}});
        for (std::uint32_t index = 0; index < order_.verify->statements.size(); ++index) {
            const auto control = order_.verify->statements[index].control;
            if (control == migrations::Control::none || control == migrations::Control::savepoint)
                messages_.push_back({Role::verify, index, {}});
        }
        add(Role::savepoint, {"ROLLBACK TO SAVEPOINT varve_verify", {}});
    }

    static constexpr std::size_t beside_body = 16;  // fence, marker and the like

    const AttemptScene& scene_;
    const TransactionOrder& order_;
    std::vector<Message> messages_;
};

}  // namespace

std::vector<Message> compose(const AttemptScene& scene, const TransactionOrder& order) {
    return Composition{scene, order}.run();
}

bool is_answered_at_once(Message::Role role) {
    return role != Role::opening && role != Role::begin && role != Role::deferred &&
           role != Role::prelude && role != Role::end;
}

ledger::FailureCause cause_of(Message::Role role, const Reply& reply) {
    using ledger::FailureCause;
    if (reply.kind == Reply::Kind::lost)
        return reply.error.sqlstate == copy_sqlstate ? FailureCause::refused
                                                     : FailureCause::connection_lost;
    if (is_lock_timeout(reply.error)) return FailureCause::lock_timeout;
    switch (role) {
        case Role::preparation:
        case Role::prelude:
        case Role::marker:
        case Role::end:
            return FailureCause::marker_error;
        case Role::deferred:
            return FailureCause::commit_error;
        case Role::opening:
        case Role::begin:
        case Role::fence:
        case Role::statement:
        case Role::rollback:
        case Role::savepoint:
        case Role::verify:
            break;
    }
    return FailureCause::statement_error;
}

}  // namespace adapters::postgres
