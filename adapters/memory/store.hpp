// adapters/memory/store.hpp: the smallest honest Store. For tests, and for reading first.
//
// Threads  every member may be called from any thread; submit() appends before it answers.
// Cost     root_at() hashes the tree anew: O(n).
#pragma once

#include "ledger/clock.hpp"
#include "ledger/store.hpp"
#include "ledger/tree.hpp"

#include <cstdint>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::memory {

class Store final : public ledger::Store {
public:
    // `clock` outlives this.
    Store(ledger::Clock& clock, ledger::Uuid ledger) : clock_{clock}, ledger_{ledger} {}

    std::future<ledger::Result<ledger::Appended>> submit(ledger::Append append) override;

    ledger::Result<ledger::Head> head() const override;
    ledger::Result<std::vector<std::string>> lines(std::uint64_t position,
                                                   std::size_t count_max) const override;
    ledger::Result<std::uint64_t> stream_version(std::string_view stream) const override;
    ledger::Result<std::vector<std::uint64_t>> stream_positions(
        std::string_view stream, std::uint64_t after, std::size_t count_max) const override;
    ledger::Result<std::optional<std::string>> content(const ledger::Digest& digest) const override;
    ledger::Result<ledger::Digest> root_at(std::uint64_t size) const override;
    ledger::Result<ledger::Digest> subtree(unsigned level, std::uint64_t index) const override;
    ledger::Result<std::optional<std::string>> checkpoint(std::uint64_t size_max) const override;

    // As a redaction does: the bytes are gone, what refers to them stays.
    void forget(const ledger::Digest& digest);

    // Whoever asks for those bytes is answered corrupt "ledger-damaged", as of a spoilt disk.
    void damage(const ledger::Digest& digest);

private:
    // The members below are called with the mutex held.
    ledger::Result<ledger::Appended> apply(const ledger::Append& append);
    // The first event's position where the whole append is a repeat; nothing where it is new.
    ledger::Result<std::optional<std::uint64_t>> find_repeat(const ledger::Append& append) const;
    ledger::Result<void> check_expectations(const ledger::Append& append) const;
    void redact(const ledger::Event& event);
    void keep_checkpoint(const ledger::Event& event);
    std::vector<ledger::Record> records_of(const ledger::Append& append, std::int64_t now_us) const;
    void keep(std::vector<ledger::Record> records, std::vector<std::string> lines);
    std::uint64_t version_of(std::string_view stream) const;
    std::int64_t last_recorded_at_us() const;
    ledger::Head head_now() const;

    ledger::Clock& clock_;
    const ledger::Uuid ledger_;
    mutable std::mutex mutex_;
    std::vector<ledger::Record> records_;
    std::vector<std::string> lines_;
    std::map<std::string, std::vector<std::uint64_t>, std::less<>> streams_;
    std::map<ledger::Uuid, std::uint64_t> ids_;
    std::map<ledger::Digest, std::string> contents_;
    std::set<ledger::Digest> redacted_;
    std::set<ledger::Digest> damaged_;
    std::map<std::uint64_t, std::string> checkpoints_;  // the newest note of each size
    ledger::Frontier tree_;
    std::int64_t latest_now_us_ = 0;  // the furthest the clock has been
};

}  // namespace adapters::memory
