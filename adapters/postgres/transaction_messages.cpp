#include "adapters/postgres/transaction_messages.hpp"

#include <utility>

namespace adapters::postgres {

namespace {

using Role = Message::Role;

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
        add_verify();
        if (!scene_.only_defines) {
            for (auto& command : MarkerTable::prelude()) add(Role::prelude, std::move(command));
            if (order_.stays_open) add(Role::deferred, {"SET CONSTRAINTS ALL IMMEDIATE", {}});
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

    [[nodiscard]] bool is_shared() const { return order_.continues || order_.stays_open; }

    void add_fence() {
        add(Role::fence, scene_.only_defines ? MarkerTable::fence_prepared(fence())
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

}  // namespace adapters::postgres
