#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::DomainChangeKind;

namespace {

// Where every table is known, whether one has a column of the domain.
bool may_be_used(const Situation& situation, const ObjectName& domain) {
    const KnownDomain* known = situation.schema.domain(domain);
    if (known != nullptr && known->origin == Origin::script) return false;
    if (!situation.circumstances.history_is_known || known == nullptr) return true;
    const auto& tables = situation.schema.tables();
    return std::any_of(tables.begin(), tables.end(), [&](const auto& entry) {
        const KnownTable& table = entry.second;
        return !table.is_complete ||
               std::any_of(
                   table.columns.begin(), table.columns.end(), [&](const KnownColumn& column) {
                       return situation.schema.domain({column.type.schema, column.type.name, 0}) !=
                              nullptr;
                   });
    });
}

void domain_constraint_validating(const Situation& situation, Report& report) {
    const auto* alter = situation.does<sql::AlterDomain>();
    if (alter == nullptr) return;
    const bool adds =
        alter->kind == DomainChangeKind::add_constraint && !alter->constraint.not_valid;
    if (!adds && alter->kind != DomainChangeKind::set_not_null) return;
    if (!may_be_used(situation, alter->domain)) return;
    const std::string domain = quoted(alter->domain);
    Finding& finding = report.say(
        "domain-constraint-validating", situation.statement, alter->constraint.begin,
        std::string{adds ? "a new constraint on" : "NOT NULL on"} + " the domain " + domain +
            " is tested on every row of every table that uses it, while writes to them "
            "wait");
    const std::string name = alter->constraint.name.empty()
                                 ? quoted(alter->domain.name + (adds ? "_check" : "_not_null"))
                                 : quoted(alter->constraint.name);
    finding.help = {
        "ALTER DOMAIN " + domain + " ADD CONSTRAINT " + name + " CHECK (" +
            (adds ? "..." : "VALUE IS NOT NULL") + ") NOT VALID",
        "then, in another transaction: ALTER DOMAIN " + domain + " VALIDATE CONSTRAINT " + name};
    if (!adds || !may_become_several(situation) || alter->constraint.begin == 0) return;
    Fix fix{"add it without looking at the rows, and check them in a statement after it", {}};
    const std::size_t begin = situation.statement.begin + alter->constraint.begin;
    if (alter->constraint.name.empty())
        fix.edits.push_back({begin, begin, "CONSTRAINT " + name + " "});
    fix.edits.push_back(appended(situation.statement, " NOT VALID;\nALTER DOMAIN " + domain +
                                                          " VALIDATE CONSTRAINT " + name));
    finding.fix = std::move(fix);
}

}  // namespace

std::vector<Rule> domain_rules() {
    return {
        {"domain-constraint-validating", Bucket::hazard,
         "A domain's new constraint is tested on every row of every table that uses it.",
         "SHARE on each table", domain_constraint_validating},
    };
}

}  // namespace migrations::rules
