#include "migrations/rules/rule.hpp"

#include "migrations/rules/nested_sql.hpp"
#include "migrations/rules/table_changes.hpp"
#include "migrations/sql/keywords.hpp"

#include <algorithm>
#include <map>

namespace migrations::rules {

namespace {

// What the statement is about, whose size weighs what is found in it.
std::optional<ObjectName> table_of(const sql::Action& action) {
    if (const auto* it = std::get_if<sql::AlterTable>(&action)) return it->table;
    if (const auto* it = std::get_if<sql::CreateIndex>(&action)) return it->table;
    if (const auto* it = std::get_if<sql::RefreshView>(&action)) return it->view;
    if (const auto* it = std::get_if<sql::Cluster>(&action)) return it->table;
    if (const auto* it = std::get_if<sql::Rows>(&action)) return it->table;
    if (const auto* it = std::get_if<sql::Vacuum>(&action); it && it->tables.size() == 1)
        return it->tables.front();
    return std::nullopt;
}

// Changes of a table, columns: a list by commas.
bool has_items(const sql::Action& action) {
    return std::holds_alternative<sql::AlterTable>(action) ||
           std::holds_alternative<sql::CreateTable>(action);
}

}  // namespace

Finding& Report::say(std::string_view rule, const Judged& statement, std::string message) {
    return say(rule, statement, 0, std::move(message));
}

Finding& Report::say(std::string_view rule, const Judged& statement, std::size_t at,
                     std::string message) {
    Finding finding;
    finding.rule = rule;
    finding.message = without_unknown(std::move(message), "what its code names");
    const std::size_t size = statement.size_in_text;
    const bool is_part = at != 0 && at < size && statement.stands_in_text;
    finding.begin = statement.begin + (is_part ? at : 0);
    finding.end = is_part && has_items(statement.action) ? end_of_item(statement, at)
                                                         : statement.begin + size;
    finding.table = table_of(statement.action);
    findings_.push_back(std::move(finding));
    return findings_.back();
}

bool is_weighed(const Rule& rule) {
    return rule.on_statement != nullptr || rule.on_file != nullptr;
}

const Rule* find_rule(std::string_view id) {
    static const std::map<std::string_view, const Rule*> by_id = [] {
        std::map<std::string_view, const Rule*> all;
        for (const Rule& rule : all_rules()) all.try_emplace(rule.id, &rule);
        return all;
    }();
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : found->second;
}

std::string quoted(const std::string& name) {
    const bool is_plain =
        !name.empty() && (name.front() == '_' || (name.front() >= 'a' && name.front() <= 'z')) &&
        std::all_of(name.begin(), name.end(), [](char each) {
            return each == '_' || (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9');
        });
    if (is_plain && !sql::is_keyword(name)) return name;
    std::string text = "\"";
    for (const char each : name) text += each == '"' ? std::string{"\"\""} : std::string{each};
    return text + '"';
}

std::string literal(const std::string& value) {
    std::string text = "'";
    for (const char each : value) text += each == '\'' ? std::string{"''"} : std::string{each};
    return text + '\'';
}

std::string quoted(const ObjectName& name) {
    return name.schema.empty() ? quoted(name.name) : quoted(name.schema) + "." + quoted(name.name);
}

}  // namespace migrations::rules
