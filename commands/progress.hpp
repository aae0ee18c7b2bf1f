// commands/progress.hpp: the port through which a person watches a command work.
//
// Threads  called on the command's own thread; must return quickly and cannot fail.
#pragma once

#include "commands/examination.hpp"
#include "commands/plan.hpp"
#include "commands/ports.hpp"
#include "ledger/event.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace commands {

struct StepPlace {
    std::size_t number{};  // from 1
    std::size_t count{};
};

// The ledger's newest events are of a time that this machine's clock has not reached.
struct EventsAhead {
    std::uint64_t position{};       // of the first of them
    std::int64_t recorded_at_us{};  // its time
    std::int64_t newest_at_us{};    // that of the last event
    std::int64_t now_us{};
};

class Progress {
public:
    virtual ~Progress() = default;
    virtual void plan_ready(const Plan&) {}
    virtual void step_started(const Step&, StepPlace, std::uint32_t /*try_number*/) {}
    virtual void statement_done(const Step&, const ledger::StatementResult&) {}
    virtual void step_succeeded(const Step&, StepPlace, std::uint64_t /*elapsed_us*/) {}
    virtual void step_failed(const Step&, StepPlace, const AttemptFailed&) {}
    // `why` names who held the lock, in its detail, where that could be seen.
    virtual void retrying(const Step&, std::uint32_t /*try_number*/, std::uint64_t /*pause_us*/,
                          const AttemptFailed& /*why*/) {}
    // What an earlier command left in doubt, and will be settled now.
    virtual void in_doubt(const Examination&) {}
    // It has been settled.
    virtual void settled(const ledger::Version&, const ledger::Event& /*verdict*/) {}
    // The run that died had applied it, which the ledger did not know yet.
    virtual void found_applied(const ledger::Version&) {}
    virtual void events_ahead(const EventsAhead&) {}
    virtual void server_clock_differs(std::int64_t /*server_us*/, std::int64_t /*ours_us*/) {}
    virtual void note(std::string_view /*what*/) {}
    // Called every fraction of a second while the server is waited for.
    virtual void tick() {}
    // Called as often once a COMMIT's answer is late.
    virtual void answer_is_late() {}
};

}  // namespace commands
