#include "migrations/rules/rule.hpp"

#include <algorithm>

namespace migrations::rules {

Finding& Report::say(std::string_view rule, const Judged& statement, std::string message) {
    return say(rule, statement, 0, std::move(message));
}

Finding& Report::say(std::string_view rule, const Judged& statement, std::size_t at,
                     std::string message) {
    Finding finding;
    finding.rule = rule;
    finding.message = std::move(message);
    finding.begin = statement.begin + std::min(at, statement.text.size());
    finding.end = statement.begin + statement.text.size();
    findings_.push_back(std::move(finding));
    return findings_.back();
}

const Rule* find_rule(std::string_view id) {
    const auto& rules = all_rules();
    const auto found =
        std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
    return found == rules.end() ? nullptr : &*found;
}

std::string quoted(const std::string& name) {
    const bool is_plain =
        !name.empty() && (name.front() == '_' || (name.front() >= 'a' && name.front() <= 'z')) &&
        std::all_of(name.begin(), name.end(), [](char each) {
            return each == '_' || (each >= 'a' && each <= 'z') || (each >= '0' && each <= '9');
        });
    if (is_plain) return name;
    std::string text = "\"";
    for (const char each : name) text += each == '"' ? std::string{"\"\""} : std::string{each};
    return text + '"';
}

std::string quoted(const ObjectName& name) {
    return name.schema.empty() ? quoted(name.name) : quoted(name.schema) + "." + quoted(name.name);
}

}  // namespace migrations::rules
