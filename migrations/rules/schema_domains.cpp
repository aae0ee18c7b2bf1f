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

bool Schema::is_type_of(const sql::TypeName& type, const ObjectName& domain) const {
    const std::string key = key_of(domain);
    const ObjectName name{type.schema, type.name, 0};
    if (key_of(name) == key) return true;
    const KnownDomain* known = this->domain(name);
    return known != nullptr &&
           std::find(known->over.begin(), known->over.end(), key) != known->over.end();
}

bool Schema::has_column_of(const KnownTable& table, const ObjectName& domain) const {
    return std::any_of(table.columns.begin(), table.columns.end(),
                       [&](const KnownColumn& column) { return is_type_of(column.type, domain); });
}

bool Schema::may_have_column_of(const KnownTable& table, const ObjectName& domain) const {
    if (has_column_of(table, domain)) return true;
    if (!table.types_from) return !table.is_complete;
    return std::any_of(table.types_from->begin(), table.types_from->end(),
                       [&](const sql::TypeName& type) { return is_type_of(type, domain); });
}

std::optional<std::vector<sql::TypeName>> Schema::types_from(
    const sql::CreateTableAs& create) const {
    std::vector<sql::TypeName> types = create.all.casts;
    for (const std::string& function : create.all.functions)
        if (functions_.contains(function)) return std::nullopt;
    for (const ObjectName& name : create.reads) {
        const KnownTable* read = table(name);
        if (read == nullptr || !(read->is_complete || read->types_from)) return std::nullopt;
        if (read->types_from)
            types.insert(types.end(), read->types_from->begin(), read->types_from->end());
        for (const KnownColumn& column : read->columns) types.push_back(column.type);
    }
    return types;
}

}  // namespace migrations::rules
