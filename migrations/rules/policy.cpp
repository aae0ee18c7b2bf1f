#include "migrations/rules/policy.hpp"

#include "migrations/rules/rule.hpp"

#include <array>

namespace migrations::rules {

namespace {

std::string_view kind_of(const Rule& rule) {
    constexpr std::array<std::string_view, 3> names{"hazard", "hygiene", "advisory"};
    return names.at(static_cast<std::size_t>(rule.bucket));
}

Severity usual(Bucket bucket) {
    if (bucket == Bucket::hazard) return Severity::error;
    return bucket == Bucket::hygiene ? Severity::warning : Severity::note;
}

}  // namespace

std::optional<Severity> severity_of(const Rule& rule, const Policy& policy) {
    const auto& severities = policy.severities;
    if (severities.empty() && !rule.off_by_default) return usual(rule.bucket);  // most often
    if (const auto own = severities.find(rule.id); own != severities.end()) return own->second;
    if (rule.off_by_default) return std::nullopt;
    const auto of_kind = severities.find(kind_of(rule));
    return of_kind == severities.end() ? usual(rule.bucket) : of_kind->second;
}

void lay_over(const Severities& said, Policy& policy) {
    for (auto& [name, severity] : policy.severities) {
        const Rule* rule = find_rule(name);
        const auto of_kind = rule == nullptr ? said.end() : said.find(kind_of(*rule));
        if (of_kind != said.end()) severity = of_kind->second;
    }
    for (const auto& [name, severity] : said) policy.severities[name] = severity;
}

}  // namespace migrations::rules
