#include "tools/varve/json_document.hpp"

#include "tools/varve/time_text.hpp"

namespace tools::varve {

namespace {

std::string_view code_text(ledger::Code code) {
    switch (code) {
        case ledger::Code::refused:
            return "refused";
        case ledger::Code::conflict:
            return "conflict";
        case ledger::Code::unavailable:
            return "unavailable";
        case ledger::Code::in_doubt:
            return "in_doubt";
        case ledger::Code::corrupt:
            return "corrupt";
    }
    return "corrupt";
}

}  // namespace

Json new_document(const Invocation& invocation) {
    return {{"schema_version", 1},
            {"operation", invocation.operation},
            {"tool_version", VARVE_VERSION}};
}

Json to_json(const ledger::Error& error) {
    return {{"code", code_text(error.code)},
            {"reason", error.reason},
            {"detail", error.detail},
            {"help", error.help}};
}

Json to_json(const commands::Plan& plan) {
    Json list = Json::array();
    for (const commands::Step& step : plan.steps)
        list.push_back({{"version", step.entry.version.text},
                        {"name", step.entry.name},
                        {"direction", direction_text(step.entry.direction)},
                        {"path", step.entry.path},
                        {"digest", ledger::hex(step.entry.digest)},
                        {"transactional", step.entry.transactional},
                        {"not_transactional_because", step.mode_cause},
                        {"statement_count", step.entry.statement_count},
                        {"first_statement_index", step.entry.first_statement_index}});
    return list;
}

Json to_json(const std::vector<ledger::GateVerdict>& gates) {
    Json list = Json::array();
    for (const auto& gate : gates)
        list.push_back({{"gate", gate.gate}, {"passed", gate.passed}, {"detail", gate.detail}});
    return list;
}

Json digest_json(const std::optional<ledger::Digest>& digest) {
    return digest ? Json(ledger::hex(*digest)) : Json(nullptr);
}

Json instant_json(std::optional<std::int64_t> time_us) {
    return time_us ? Json(instant_text(*time_us)) : Json(nullptr);
}

std::string to_text(const Json& document) {
    return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string_view severity_text(migrations::Severity severity) {
    switch (severity) {
        case migrations::Severity::error:
            return "error";
        case migrations::Severity::warning:
            return "warning";
        case migrations::Severity::note:
            return "note";
    }
    return "error";
}

std::string_view direction_text(ledger::Direction direction) {
    return direction == ledger::Direction::up ? "up" : "down";
}

std::string_view outcome_text(ledger::Outcome outcome) {
    switch (outcome) {
        case ledger::Outcome::succeeded:
            return "succeeded";
        case ledger::Outcome::failed:
            return "failed";
        case ledger::Outcome::cancelled:
            return "cancelled";
        case ledger::Outcome::in_doubt:
            return "in_doubt";
    }
    return "failed";
}

}  // namespace tools::varve
