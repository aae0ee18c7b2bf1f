#include "migrations/rules/unproven.hpp"

#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

namespace {

bool proves_something(const sql::TableChange& change) {
    using sql::TableChangeKind;
    return change.kind == TableChangeKind::set_not_null ||
           change.kind == TableChangeKind::validate_constraint ||
           change.kind == TableChangeKind::add_constraint;
}

}  // namespace

void Unproven::remember(const sql::Action& action, const Schema& schema,
                        const std::vector<std::size_t>& parts) {
    const auto* alter = std::get_if<sql::AlterTable>(&action);
    const KnownTable* known = alter == nullptr ? nullptr : schema.table(alter->table);
    if (known == nullptr ||
        std::none_of(alter->changes.begin(), alter->changes.end(), proves_something))
        return;
    tables_.push_back({*known, parts});
    for (const KnownTable* below : all_below(schema, alter->table))
        tables_.push_back({*below, parts});
}

void Unproven::forget(Schema& schema, std::size_t mark, const std::vector<std::size_t>& parts) {
    for (std::size_t at = tables_.size(); at-- > mark;) {
        const auto& within = tables_[at].parts;
        const bool goes_on = within.size() <= parts.size() &&
                             std::equal(within.begin(), within.end(), parts.begin());
        if (goes_on) continue;
        schema.doubt(tables_[at].before);
        tables_.erase(tables_.begin() + static_cast<std::ptrdiff_t>(at));
    }
}

void Unproven::forget_all(Schema& schema, std::size_t mark) {
    for (; tables_.size() > mark; tables_.pop_back()) schema.doubt(tables_.back().before);
}

}  // namespace migrations::rules
