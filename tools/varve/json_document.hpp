// tools/varve/json_document.hpp: the one JSON document that a verb prints with --format json.
//
// Shape   schema_version, operation and tool_version come first; instants are RFC 3339 in UTC,
//         durations microseconds. Include it in .cpp files only: it is heavy.
#pragma once

#include "commands/plan.hpp"
#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "migrations/diagnostic.hpp"
#include "tools/varve/invocation.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tools::varve {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json new_document(const Invocation& invocation);
[[nodiscard]] Json to_json(const ledger::Error& error);
[[nodiscard]] Json to_json(const commands::Plan& plan);
[[nodiscard]] Json to_json(const std::vector<ledger::GateVerdict>& gates);
[[nodiscard]] Json instant_json(std::optional<std::int64_t> time_us);
[[nodiscard]] Json digest_json(const std::optional<ledger::Digest>& digest);
template <class T>
[[nodiscard]] Json optional_json(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

// Bytes that are not UTF-8 are replaced: a document is always valid JSON.
[[nodiscard]] std::string to_text(const Json& document);

[[nodiscard]] std::string_view severity_text(migrations::Severity severity);  // "error"
[[nodiscard]] std::string_view direction_text(ledger::Direction direction);   // "up"
[[nodiscard]] std::string_view outcome_text(ledger::Outcome outcome);         // "succeeded"

}  // namespace tools::varve
