#include "migrations/rules/schema.hpp"

#include <algorithm>
#include <utility>

namespace migrations::rules {

using sql::ConstraintKind;

void add_constraint(KnownDomain& domain, sql::Constraint constraint) {
    if (constraint.kind == ConstraintKind::not_null) domain.not_null = true;
    if (constraint.kind != ConstraintKind::check) return;
    constraint.expression = {};  // a domain's check has no columns to be named after
    std::string name = constraint.name;
    const auto is_taken = [&] {
        return std::find(domain.checks.begin(), domain.checks.end(), name) != domain.checks.end();
    };
    for (std::size_t number = 0; constraint.name.empty() && (number == 0 || is_taken()); ++number)
        name = default_name(domain.name.name, constraint, number);
    domain.checks.push_back(std::move(name));
}

KnownDomain known_domain(const sql::CreateDomain& create, const KnownDomain* base, Origin origin) {
    KnownDomain known{create.domain, false, {}, origin, create.type, {}};
    if (base != nullptr) {
        known.type = base->type;
        known.default_value = base->default_value;
        known.over = base->over;
        known.collation = base->collation;
        known.over.push_back(key_of(base->name));
    }
    if (!create.collation.empty()) known.collation = create.collation;
    for (const sql::Constraint& each : create.constraints) {
        if (each.kind == ConstraintKind::default_value) known.default_value = each.expression;
        add_constraint(known, each);
    }
    return known;
}

bool Schema::has_constraints(const KnownDomain& domain) const {
    const auto has_own = [](const KnownDomain& each) {
        return each.not_null || !each.checks.empty();
    };
    return has_own(domain) ||
           std::any_of(domain.over.begin(), domain.over.end(), [&](const std::string& key) {
               const auto below = domains_.find(key);
               return below != domains_.end() && has_own(below->second);
           });
}

bool Schema::has_column_of(const KnownTable& table, const ObjectName& domain) const {
    const std::string key = key_of(domain);
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const KnownColumn& column) {
        const ObjectName type{column.type.schema, column.type.name, 0};
        if (key_of(type) == key) return true;
        const KnownDomain* known = this->domain(type);
        return known != nullptr &&
               std::find(known->over.begin(), known->over.end(), key) != known->over.end();
    });
}

}  // namespace migrations::rules
