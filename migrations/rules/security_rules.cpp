#include "migrations/rules/rule.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

std::string named(const sql::Grant& grant) {
    return grant.objects.empty() ? std::string{"what it names"} : quoted(grant.objects.front());
}

void security_grant(const Situation& situation, Report& report) {
    const auto* grant = situation.does<sql::Grant>();
    if (grant == nullptr || !grant->is_grant || grant->object == ObjectKind::role) return;
    const bool is_public = std::find(grant->grantees.begin(), grant->grantees.end(), "PUBLIC") !=
                           grant->grantees.end();
    if (!is_public && !grant->all_privileges && !grant->with_grant_option) return;
    const std::string message =
        is_public ? "every role there is, and ever will be, gets at " + named(*grant)
        : grant->all_privileges
            ? "ALL on " + named(*grant) + " takes in TRUNCATE, TRIGGER and REFERENCES"
            : "who gets " + named(*grant) + " with the grant option can pass it on";
    report.say("security-grant", situation.statement, message).help = {
        "GRANT SELECT, INSERT, UPDATE, DELETE, or what is needed, to the role that needs it"};
}

bool has_policy(const FileSituation& file, const ObjectName& table) {
    return std::any_of(file.statements.begin(), file.statements.end(),
                       [&](const Judged& statement) {
                           const auto* policy = std::get_if<sql::CreatePolicy>(&statement.action);
                           return policy != nullptr && key_of(policy->table) == key_of(table);
                       });
}

void security_rls(const FileSituation& file, Report& report) {
    for (const Judged& statement : file.statements) {
        const auto* alter = std::get_if<sql::AlterTable>(&statement.action);
        if (alter == nullptr) continue;
        const std::string table = quoted(alter->table);
        for (const sql::TableChange& change : alter->changes) {
            if (change.kind == TableChangeKind::enable_row_security &&
                !has_policy(file, alter->table))
                report
                    .say("security-rls", statement,
                         "row security is on for " + table +
                             " and no policy is made: everybody but its owner sees no row")
                    .help = {"CREATE POLICY ... ON " + table + " in the same migration"};
            if (change.kind == TableChangeKind::disable_row_security)
                report
                    .say("security-rls", statement,
                         "row security is off for " + table + ": its policies no longer hold")
                    .help = {"change the policies of " + table + " instead"};
        }
    }
}

void security_definer_path(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateFunction>();
    if (create == nullptr || !create->security_definer) return;
    if (std::any_of(create->settings.begin(), create->settings.end(),
                    [](const sql::Option& option) { return option.name == "search_path"; }))
        return;
    report
        .say("security-definer-path", situation.statement,
             quoted(create->function) +
                 " runs with its owner's rights and the caller's search_path: the caller decides "
                 "which table or function a bare name means")
        .help = {"SET search_path = pg_catalog, pg_temp, and qualified names in its body"};
}

bool is_said(const sql::ClusterObject& object, std::string_view option) {
    return std::any_of(object.options.begin(), object.options.end(), [&](const sql::Option& each) {
        return each.name == option && each.value != "false";
    });
}

void security_superuser(const Situation& situation, Report& report) {
    const auto* object = situation.does<sql::ClusterObject>();
    if (object == nullptr || object->object != ObjectKind::role) return;
    for (const std::string_view right : {"superuser", "bypassrls"})
        if (is_said(*object, right))
            report
                .say("security-superuser", situation.statement,
                     "the role " + quoted(object->name) + " gets " + std::string{right} +
                         ": no right and no policy holds it back")
                .help = {"grant " + quoted(object->name) + " what it needs instead"};
}

}  // namespace

std::vector<Rule> security_rules() {
    return {
        {"security-grant", Bucket::advisory,
         "A grant of everything, or to everybody, gives more "
         "than anyone meant.",
         "", security_grant},
        {"security-rls", Bucket::advisory,
         "Row security without a policy hides every row; without row security policies are moot.",
         "", nullptr, security_rls},
        {"security-definer-path", Bucket::advisory,
         "A function with its owner's rights must not look names up where the caller says.", "",
         security_definer_path},
        {"security-superuser", Bucket::advisory, "A superuser is bound by nothing.", "",
         security_superuser},
    };
}

}  // namespace migrations::rules
