// tools/varve/late_answer.hpp: what a person is told while the target's answer is late.
#pragma once

#include <functional>
#include <string_view>

namespace tools::varve {

inline constexpr std::string_view asked_to_stop_and_waits =
    "asked to stop, and waiting for the server's answer: a COMMIT that is under way is not "
    "taken back, also where it waits for a standby, and a statement that does not heed its "
    "cancelling is waited for to its end; a question of varve's own is given up after some "
    "seconds. A second signal ends varve at once: what is under way is in doubt then, and the next "
    "command settles it";

inline constexpr std::string_view still_waiting =
    "still waiting for the server's answer: it comes late where a COMMIT waits for a standby that "
    "is away (synchronous_standby_names), or a statement for a lock";

// What somebody who is asked to stop does with an answer that is late.
enum class LateAnswer {
    awaited,   // it decides what is true
    left_out,  // a checkpoint's receipt: the next one catches up
};

// For commands::SessionSettings::when_late. Each thing is said once.
[[nodiscard]] std::function<bool()> told_when_late(LateAnswer late);

}  // namespace tools::varve
