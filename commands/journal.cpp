#include "commands/journal.hpp"

#include <iterator>
#include <utility>

namespace commands {

using ledger::Content;
using ledger::Event;
using ledger::Result;

Journal::Journal(ledger::Store& store, ledger::Clock& clock, ledger::Context context,
                 ledger::Target target, std::uint64_t stream_version)
    : store_{store},
      clock_{clock},
      context_{std::move(context)},
      target_{std::move(target)},
      stream_{ledger::target_stream(target_)},
      stream_version_{stream_version} {}

ledger::Uuid Journal::new_id() { return ledger::new_uuid(clock_.now_us() / 1000); }

void Journal::add(Event event) {
    drafts_.push_back({stream_, new_id(), std::move(event), std::nullopt});
}

void Journal::hold(Event event, std::vector<Content> contents) {
    add(std::move(event));
    std::move(contents.begin(), contents.end(), std::back_inserter(contents_));
}

std::future<Result<ledger::Appended>> Journal::submit(std::vector<Event> events,
                                                      std::vector<Content> contents,
                                                      std::chrono::milliseconds patience) {
    for (Event& event : events) add(std::move(event));
    std::move(contents.begin(), contents.end(), std::back_inserter(contents_));
    ledger::Append append{context_,
                          std::exchange(drafts_, {}),
                          std::exchange(contents_, {}),
                          {{stream_, stream_version_}},
                          patience};
    stream_version_ += append.drafts.size();
    return store_.submit(std::move(append));
}

Result<void> Journal::append(std::vector<Event> events, std::vector<Content> contents) {
    const auto done = submit(std::move(events), std::move(contents)).get();
    if (!done) return ledger::fail(done.error());
    return {};
}

Result<void> Journal::flush() {
    if (drafts_.empty()) return {};
    return append({});
}

std::future<Result<ledger::Appended>> Journal::submit_registrations(
    std::vector<ledger::Draft> drafts, std::vector<Content> contents,
    std::vector<ledger::Expectation> expectations) {
    return store_.submit(
        {context_, std::move(drafts), std::move(contents), std::move(expectations)});
}

Result<void> Journal::append_registrations(std::vector<ledger::Draft> drafts,
                                           std::vector<Content> contents,
                                           std::vector<ledger::Expectation> expectations) {
    const auto done =
        submit_registrations(std::move(drafts), std::move(contents), std::move(expectations)).get();
    if (!done) return ledger::fail(done.error());
    return {};
}

}  // namespace commands
