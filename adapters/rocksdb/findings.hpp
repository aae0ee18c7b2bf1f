// adapters/rocksdb/findings.hpp: the faults a verification found, in the order they are told.
// Internal.
//
// Order   those of an event by its position, then the others. What an index says wrongly about a
//         changed or missing event is no finding of its own.
#pragma once

#include "adapters/rocksdb/verify.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace adapters::rocksdb {

// What is wrong, as Fault spells it, where more than one check may find it.
inline constexpr const char* event_changed = "event-changed";
inline constexpr const char* index_wrong = "index-wrong";
inline constexpr const char* store_damaged = "store-damaged";

class Findings {
public:
    // `witness`: who says so, as of Fault.
    void add(std::optional<std::uint64_t> position, const std::string& what, std::string detail,
             std::string witness = {});
    // `who` has seen more events than the `size` that are there.
    void add_cut(std::uint64_t size, std::uint64_t seen, const std::string& who,
                 std::string witness);
    [[nodiscard]] bool empty() const { return of_events_.empty() && others_count_ == 0; }
    // About that event: it is not the one that was committed, or gone.
    [[nodiscard]] bool is_event_bad(std::uint64_t position) const;
    // Of any event in [begin, end).
    [[nodiscard]] bool is_any_bad(std::uint64_t begin, std::uint64_t end) const;
    // The position of the first that is; beyond all where there is none.
    [[nodiscard]] std::uint64_t first_bad_event() const;
    // The first ones, to look at more closely.
    [[nodiscard]] std::vector<std::uint64_t> changed_events() const;
    // Of an event that was found changed: what it is instead.
    void rename(std::uint64_t position, const std::string& what, std::string detail);
    void tell(Verification& verification) const;
    // What could not be looked at, for a reason that is none of the ledger's: then nothing of what
    // was found is a verdict.
    [[nodiscard]] const std::optional<ledger::Error>& refusal() const { return refusal_; }

private:
    [[nodiscard]] std::uint64_t first_cut() const;
    using Key = std::pair<std::uint64_t, std::string>;
    struct Said {
        std::string detail;
        std::string witness;
    };
    std::map<Key, Said> of_events_;
    std::vector<Fault> others_;
    std::uint64_t others_count_{};
    std::optional<ledger::Error> refusal_;
};

}  // namespace adapters::rocksdb
