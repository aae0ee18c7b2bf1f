#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::DomainChangeKind;

namespace {

std::string validating(const sql::AlterDomain& alter, const std::string& domain) {
    switch (alter.kind) {
        case DomainChangeKind::add_constraint:
            return alter.constraint.not_valid ? "" : "a new constraint on the domain " + domain;
        case DomainChangeKind::set_not_null:
            return "NOT NULL on the domain " + domain;
        case DomainChangeKind::validate_constraint:
            return "the constraint " + quoted(alter.name) + " of the domain " + domain;
        case DomainChangeKind::set_default:
        case DomainChangeKind::drop_not_null:
        case DomainChangeKind::drop_constraint:
            return "";
    }
    return "";
}

// No fix: NOT VALID only puts the reading off, to a moment of one's choice. VALIDATE CONSTRAINT
// takes the same locks, and the server has no weaker way.
void domain_constraint_validating(const Situation& situation, Report& report) {
    const auto* alter = situation.does<sql::AlterDomain>();
    if (alter == nullptr) return;
    const std::string domain = quoted(alter->domain);
    const std::string what = validating(*alter, domain);
    if (what.empty() ||
        !domain_may_be_used(situation.schema, situation.circumstances, alter->domain))
        return;
    Finding& finding =
        report.say("domain-constraint-validating", situation.statement, alter->constraint.begin,
                   what +
                       " is tested on every row of every table that uses it, while writes to "
                       "them wait");
    if (alter->kind == DomainChangeKind::validate_constraint) {
        finding.help = {
            "run it when writes can wait, with SET lock_timeout before it: PostgreSQL has no "
            "weaker way"};
        return;
    }
    const bool adds = alter->kind == DomainChangeKind::add_constraint;
    const std::string name = alter->constraint.name.empty()
                                 ? quoted(alter->domain.name + (adds ? "_check" : "_not_null"))
                                 : quoted(alter->constraint.name);
    finding.help = {
        "ALTER DOMAIN " + domain + " ADD CONSTRAINT " + name + " CHECK (" +
            (adds ? "..." : "VALUE IS NOT NULL") + ") NOT VALID tests new rows alone",
        "then, when writes can wait: ALTER DOMAIN " + domain + " VALIDATE CONSTRAINT " + name};
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
