// commands/control_map.hpp: the questions that auditors ask of changes, by framework, and which
// events answer them.
//
// Shape   a question is answered by the selected events of its types that have the member it needs.
//         One without types is one that no event of this version can answer; its note says what to
//         ask for instead. Nothing is counted as answered by assumption.
// Pure    the questions are data, and the same for every ledger.
#pragma once

#include "ledger/event.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace commands {

enum class Needs { nothing, reason, ticket, author, down };

// As in the stored line: "reason", "data.author"; empty of nothing.
[[nodiscard]] std::string_view path_of(Needs needs);

struct ControlQuestion {
    std::string_view id;  // stable: "cc8.1-reason"
    std::string_view framework;
    std::string_view control;
    std::string_view question;
    std::vector<std::string_view> types;
    Needs needs{};
    std::string_view note;
};

[[nodiscard]] const std::vector<ControlQuestion>& control_questions();

[[nodiscard]] bool answers(const ControlQuestion& question, const ledger::Record& record);

}  // namespace commands
