#include "adapters/rocksdb/findings.hpp"

namespace adapters::rocksdb {

namespace {

constexpr const char* changed = "event-changed";
constexpr const char* missing = "event-missing";
constexpr std::size_t kept_max = 100'000;  // a ledger of which nothing is right must still end

}  // namespace

void Findings::add(std::optional<std::uint64_t> position, const std::string& what,
                   std::string detail) {
    if (position) {
        if (of_events_.size() < kept_max)
            of_events_.try_emplace({*position, what}, std::move(detail));
        return;
    }
    ++others_count_;
    if (others_.size() < faults_max) others_.push_back({{}, what, std::move(detail)});
}

bool Findings::is_event_bad(std::uint64_t position) const {
    return of_events_.contains({position, changed}) || of_events_.contains({position, missing});
}

void Findings::tell(Verification& verification) const {
    for (const auto& [key, detail] : of_events_) {
        const auto& [position, what] = key;
        if (what == "index-wrong" && is_event_bad(position)) continue;
        ++verification.fault_count;
        if (verification.faults.size() < faults_max)
            verification.faults.push_back({position, what, detail});
    }
    verification.fault_count += others_count_;
    for (const Fault& fault : others_)
        if (verification.faults.size() < faults_max) verification.faults.push_back(fault);
}

}  // namespace adapters::rocksdb
