// migrations/layouts/sqitch_plan.hpp: the text of a sqitch.plan.
//
// Format   %pragma=value; @tag time who; [+]change [dependencies] time who <email> # note. A change
//          that is named again is reworked: its former script is change@tag.sql, of a tag between.
// Refuses  lines that are none of these, reverts ("-change"), a rework without a tag between.
// Source   sqitch 1.5, App::Sqitch::Plan ("The plan file").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::layouts {

struct SqitchChange {
    std::string name;
    // The scripts' paths that sqitch would try, without the extension: "name", or for one that is
    // reworked later "name@tag" of each tag between.
    std::vector<std::string> scripts;
    std::string version;               // name; of a rework "name#2"
    std::vector<std::string> parents;  // versions of this plan
    std::string author;
    std::uint32_t line{};
    // As the plan has them, for the change's id.
    std::vector<std::string> requires_words;
    std::vector<std::string> conflicts_words;
    std::string planned_at;
    std::string note;
};

struct SqitchFault {
    std::uint32_t line{};
    std::string message;
};

struct SqitchPlan {
    std::string project;
    std::string uri;
    std::vector<SqitchChange> changes;  // in the order of the plan
    std::vector<SqitchFault> faults;
};

[[nodiscard]] SqitchPlan parse_sqitch_plan(std::string_view text);

}  // namespace migrations::layouts
