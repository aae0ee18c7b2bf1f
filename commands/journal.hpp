// commands/journal.hpp: how a command writes the history of one target.
//
// Order    events go to the target's stream in the order they are given; the journal knows the
//          version it ends at, so that a rival's append is a conflict and never interleaves.
// Held     an event may wait for the next one, so that both are one append and one sync. What is
//          held is lost with the process: hold only what the target itself can prove.
// Threads  one.
#pragma once

#include "ledger/clock.hpp"
#include "ledger/store.hpp"

#include <chrono>
#include <future>
#include <string>
#include <vector>

namespace commands {

class Journal {
public:
    Journal(ledger::Store& store, ledger::Clock& clock, ledger::Context context,
            ledger::Target target, std::uint64_t stream_version);

    // From here on every event belongs to this run.
    void begin_run(const ledger::Uuid& run) { context_.run = run; }

    void hold(ledger::Event event, std::vector<ledger::Content> contents = {});

    // Sends what is held and these events as one append. The future answers when it is durable;
    // with patience, later by so much where nobody else hurries.
    std::future<ledger::Result<ledger::Appended>> submit(std::vector<ledger::Event> events,
                                                         std::vector<ledger::Content> contents = {},
                                                         std::chrono::milliseconds patience = {});

    ledger::Result<void> append(std::vector<ledger::Event> events,
                                std::vector<ledger::Content> contents = {});

    // Sends what is held, if anything is.
    ledger::Result<void> flush();

    // Facts about migrations, each on its own stream, whatever the target.
    std::future<ledger::Result<ledger::Appended>> submit_registrations(
        std::vector<ledger::Draft> drafts, std::vector<ledger::Content> contents,
        std::vector<ledger::Expectation> expectations);
    ledger::Result<void> append_registrations(std::vector<ledger::Draft> drafts,
                                              std::vector<ledger::Content> contents,
                                              std::vector<ledger::Expectation> expectations);

    [[nodiscard]] ledger::Uuid new_id();
    [[nodiscard]] const ledger::Target& target() const { return target_; }
    [[nodiscard]] const ledger::Context& context() const { return context_; }
    [[nodiscard]] std::int64_t now_us() { return clock_.now_us(); }
    [[nodiscard]] ledger::Store& store() { return store_; }
    [[nodiscard]] const ledger::Reader& reader() const { return store_; }

private:
    void add(ledger::Event event);

    ledger::Store& store_;
    ledger::Clock& clock_;
    ledger::Context context_;
    ledger::Target target_;
    std::string stream_;
    std::uint64_t stream_version_;
    std::vector<ledger::Draft> drafts_;
    std::vector<ledger::Content> contents_;
};

}  // namespace commands
