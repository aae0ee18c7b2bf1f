// adapters/postgres/joint_attempts.hpp: several attempts in one transaction.
//
// Order   BEGIN; then for each attempt the fence, its statements and its marker, with the session
//         made like a fresh one in between; their replies are all in before COMMIT.
// Errors  any failure undoes all of them; what ends the connection after COMMIT was sent is in
//         doubt for all of them.
#pragma once

#include "adapters/postgres/transaction.hpp"
#include "commands/ports.hpp"

#include <vector>

namespace adapters::postgres {

// What all of the attempts share.
struct JointScene {
    Connection& connection;
    Dialogue& dialogue;
    commands::AttemptObserver& observer;
    const MarkerTable& markers;
    RunLock* lock{};
    Blockers* blockers{};
};

// A file's own BEGIN and COMMIT are not sent: it must have no mode of its own.
// `opening` goes before BEGIN, `between` before every attempt but the first.
[[nodiscard]] commands::TogetherOutcome run_in_joint_transaction(
    const JointScene& scene, const std::vector<commands::AttemptOrder>& orders,
    const std::vector<Command>& opening, const std::vector<Command>& between);

}  // namespace adapters::postgres
