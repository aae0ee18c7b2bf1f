// migrations/rules/weight.hpp: how many rows a lock waits for: those of the table that a finding is
// about, or of whatever takes longer under the same lock.
//
// Without  what a server says of its tables: those of the finding's table alone.
// Unknown  of one of them: of all. Who wants to know whether a lock is short must not guess.
#pragma once

#include "migrations/rules/rule.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace migrations::rules {

class Weights {
public:
    // Gives the findings from `before` on, which are about the situation's statement, their rows,
    // and more to earlier ones whose lock is held for this statement, too.
    void weigh(const Situation& situation, std::vector<Finding>& findings, std::size_t before);

private:
    struct Held {
        std::size_t finding{};
        std::size_t message_size{};  // before it told what takes longer
    };
    std::vector<Held> held_;
    std::size_t transaction_{};  // that theirs is
};

// Whose foreign keys to the column are checked again on every row when it gets another type.
[[nodiscard]] std::vector<ObjectName> checked_again(const Schema& schema, const ObjectName& table,
                                                    const std::string& column);

}  // namespace migrations::rules
