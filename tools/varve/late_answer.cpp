#include "tools/varve/late_answer.hpp"

#include "tools/varve/console.hpp"
#include "tools/varve/system.hpp"

#include <atomic>
#include <memory>

namespace tools::varve {

std::function<bool()> told_when_late(LateAnswer late) {
    struct Told {
        std::atomic_bool waits{};
        std::atomic_bool asked_to_stop{};
    };
    return [late, told = std::make_shared<Told>()] {
        const Console console{Invocation{}};
        if (is_stop_requested()) {
            if (late == LateAnswer::left_out) return true;
            if (!told->asked_to_stop.exchange(true)) console.warn(asked_to_stop_and_waits);
        } else if (!told->waits.exchange(true)) {
            console.warn(still_waiting);
        }
        return false;
    };
}

}  // namespace tools::varve
