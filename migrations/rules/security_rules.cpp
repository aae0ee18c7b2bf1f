#include "migrations/rules/rule.hpp"

#include <algorithm>
#include <array>
#include <string_view>

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

// Nothing in the script takes its place.
void say_dropped_policies(const FileSituation& file, const Judged& statement, Report& report) {
    const auto* drop = std::get_if<sql::Drop>(&statement.action);
    if (drop == nullptr || drop->object != ObjectKind::policy) return;
    for (const sql::DroppedObject& object : drop->objects)
        if (!has_policy(file, object.name))
            report
                .say("security-rls", statement,
                     "without the policy " + quoted(object.part) + " of " + quoted(object.name) +
                         " rows that it alone let through are hidden; of a RESTRICTIVE one, rows "
                         "that it kept back are seen")
                .help = {"CREATE POLICY ... ON " + quoted(object.name) +
                         " in the same migration, or ALTER POLICY"};
}

void security_rls(const FileSituation& file, Report& report) {
    for (const Judged& statement : file.statements) {
        say_dropped_policies(file, statement, report);
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

template <class Function>
bool sets_path(const Function& function) {
    return std::any_of(function.settings.begin(), function.settings.end(),
                       [](const sql::Option& option) { return option.name == "search_path"; });
}

void security_definer_path(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateFunction>();
    if (create == nullptr || !create->security_definer || sets_path(*create)) return;
    report
        .say("security-definer-path", situation.statement,
             quoted(create->function) +
                 " runs with its owner's rights and the caller's search_path: the caller decides "
                 "which table or function a bare name means")
        .help = {"SET search_path = pg_catalog, pg_temp, and qualified names in its body"};
}

bool sets_path(const FileSituation& file, const ObjectName& function) {
    return std::any_of(file.statements.begin(), file.statements.end(), [&](const Judged& each) {
        if (const auto* create = std::get_if<sql::CreateFunction>(&each.action))
            return key_of(create->function) == key_of(function) && sets_path(*create);
        const auto* alter = std::get_if<sql::AlterFunction>(&each.action);
        return alter != nullptr && key_of(alter->function) == key_of(function) && sets_path(*alter);
    });
}

// ALTER FUNCTION ... SECURITY DEFINER of one whose own search_path nobody has described.
void security_definer_given(const FileSituation& file, Report& report) {
    for (const Judged& statement : file.statements) {
        const auto* alter = std::get_if<sql::AlterFunction>(&statement.action);
        if (alter == nullptr || !alter->security_definer || sets_path(file, alter->function))
            continue;
        const std::string name = quoted(alter->function);
        report
            .say("security-definer-path", statement,
                 name + " runs with its owner's rights from now on; unless it has a search_path " +
                     "of its own, the caller decides which table or function a bare name means")
            .help = {"ALTER FUNCTION " + name +
                     " SET search_path = pg_catalog, pg_temp, and qualified names in its body"};
    }
}

bool is_said(const sql::ClusterObject& object, std::string_view option) {
    return std::any_of(object.options.begin(), object.options.end(), [&](const sql::Option& each) {
        return each.name == option && each.value != "false";
    });
}

// By PostgreSQL's own word: with it one can make oneself a superuser.
bool is_as_good_as_superuser(std::string_view role) {
    constexpr std::array<std::string_view, 3> roles{
        "pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"};
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

void say_granted_role(const Situation& situation, const sql::Grant& grant, Report& report) {
    if (!grant.is_grant || grant.object != ObjectKind::role || grant.grantees.empty()) return;
    for (const std::string& role : grant.roles)
        if (is_as_good_as_superuser(role))
            report
                .say("security-superuser", situation.statement,
                     quoted(grant.grantees.front()) + " gets at the server's own files or " +
                         "programs by " + role + ", and so at all that a superuser does")
                .help = {
                "a SECURITY DEFINER function that does the one thing that is needed, "
                "and EXECUTE on it"};
}

void security_superuser(const Situation& situation, Report& report) {
    if (const auto* grant = situation.does<sql::Grant>())
        return say_granted_role(situation, *grant, report);
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
         security_definer_path, security_definer_given},
        {"security-superuser", Bucket::advisory, "A superuser is bound by nothing.", "",
         security_superuser},
    };
}

}  // namespace migrations::rules
