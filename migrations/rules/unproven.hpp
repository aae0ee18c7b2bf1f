// migrations/rules/unproven.hpp: what code has proven of tables that may not have been run.
//
// Rule  a proof (SET NOT NULL, a CHECK, VALIDATE) holds where the code goes on that made it, also
// in
//       what stands within that part of it, and is no proof any more behind it.
#pragma once

#include "migrations/rules/schema.hpp"

#include <cstddef>
#include <vector>

namespace migrations::rules {

class Unproven {
public:
    // Before it is applied: what it would prove. `parts`: where in its code it stands, from the
    // outermost part on.
    void remember(const sql::Action& action, const Schema& schema,
                  const std::vector<std::size_t>& parts);

    // What was proven since there were `mark` of them, in parts that the code has left.
    void forget(Schema& schema, std::size_t mark, const std::vector<std::size_t>& parts);
    void forget_all(Schema& schema, std::size_t mark);

    [[nodiscard]] std::size_t size() const { return tables_.size(); }

private:
    struct Table {
        KnownTable before;
        std::vector<std::size_t> parts;
    };

    std::vector<Table> tables_;  // newest last
};

}  // namespace migrations::rules
