// adapters/rocksdb/checkpoint_checks.hpp: what is signed, held against keys, events and tree.
// Internal.
//
// Shape   expect() for every event in order; then finish() with the roots that the events give.
// Judge   a note's signature counts where its key counted at the event's position. Where a note
//         that holds has another root than the events, it is an event that was replaced after it
//         was signed: one between the last checkpoint that agrees and this one. What a cosigner is
//         said to have signed carries its name, its key and a signature that holds; what others
//         hold carries none.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "ledger/event.hpp"
#include "ledger/signing_keys.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace adapters::rocksdb {

class CheckpointChecks {
public:
    using RootAt = std::function<std::optional<ledger::Digest>(std::uint64_t size)>;

    CheckpointChecks(const Database& database, Findings& findings);

    // Where roots are wanted afterwards.
    [[nodiscard]] std::set<std::uint64_t> sizes() const;
    void expect(const ledger::Record& record);
    // Of events before those that are verified: no signature is checked but that of the checkpoint
    // of `size` events, which the rest stands on.
    void believe(const ledger::Record& record, std::uint64_t size);
    // `is_whole`: every event was there and readable, so that a row without one is a fault.
    void finish(const RootAt& root_at, std::uint64_t size, bool is_whole);

    // Whose signature held.
    [[nodiscard]] std::uint64_t signed_count() const { return signed_count_; }
    // The size of the newest checkpoint of at most `size_max` events whose root is that of the
    // events; 0 where there is none. After finish().
    [[nodiscard]] std::uint64_t last_agreeing(std::uint64_t size_max) const;

private:
    using Key = std::pair<std::uint64_t, std::uint64_t>;  // size, revision
    struct SignedOne {
        std::uint64_t position{};  // of its event
        ledger::Digest root;
        bool holds{};
    };
    void read_rows(const Database& database);
    void imply_row(const ledger::Event& event);
    void check_note(std::uint64_t position, const ledger::CheckpointSigned& checkpoint);
    void check_witnessed(std::uint64_t position, const ledger::CheckpointWitnessed& witnessed);
    [[nodiscard]] std::string text_of(const ledger::CheckpointWitnessed& witnessed) const;
    void check_roots(const RootAt& root_at, std::uint64_t size);
    void check_rows(bool is_whole);

    Findings& findings_;
    ledger::SigningKeys keys_;
    std::map<Key, std::string> rows_;            // notes as stored
    std::map<Key, std::string> rows_of_events_;  // as the events imply
    std::map<std::uint64_t, SignedOne> signed_;  // by size
    std::set<std::uint64_t> agreeing_;
    std::uint64_t signed_count_{};
};

}  // namespace adapters::rocksdb
