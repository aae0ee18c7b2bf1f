#include "migrations/rules/rule.hpp"

#include <iterator>

namespace migrations::rules {

namespace {

std::vector<Rule> written_out() {
    std::vector<Rule> all;
    for (auto rules : {index_rules,
                       constraint_rules,
                       key_rules,
                       column_rules,
                       type_rules,
                       partition_rules,
                       storage_rules,
                       trigger_rules,
                       domain_rules,
                       table_part_rules,
                       dependency_rules,
                       rename_rules,
                       server_version_rules,
                       maintenance_rules,
                       drop_rules,
                       enum_rules,
                       rows_rules,
                       transaction_rules,
                       held_lock_rules,
                       timeout_rules,
                       repeat_rules,
                       column_advice_rules,
                       reference_advice_rules,
                       table_advice_rules,
                       security_rules,
                       code_rules}) {
        auto more = rules();
        all.insert(all.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
    }
    return all;
}

}  // namespace

const std::vector<Rule>& all_rules() {
    static const std::vector<Rule> rules = written_out();
    return rules;
}

}  // namespace migrations::rules
