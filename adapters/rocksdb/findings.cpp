#include "adapters/rocksdb/findings.hpp"

#include "adapters/rocksdb/refusal.hpp"

#include <algorithm>

namespace adapters::rocksdb {

namespace {

constexpr const char* cut = "tail-cut";
constexpr std::size_t kept_max = 100'000;  // a ledger of which nothing is right must still end

bool is_about_event(const std::string& what) {
    return what == event_changed || what == "event-missing" || what == "event-reordered" ||
           what == "event-replaced" || what == cut;
}

}  // namespace

void Findings::add(std::optional<std::uint64_t> position, const std::string& what,
                   std::string detail, std::string witness) {
    if (what == store_damaged && !refusal_) refusal_ = refusal_in(detail);
    if (position) {
        if (of_events_.size() < kept_max)
            of_events_.try_emplace({*position, what}, Said{std::move(detail), std::move(witness)});
        return;
    }
    ++others_count_;
    if (others_.size() < faults_max)
        others_.push_back({{}, what, std::move(detail), std::move(witness)});
}

void Findings::add_cut(std::uint64_t size, std::uint64_t seen, const std::string& who,
                       std::string witness) {
    add(size, cut,
        who + " has seen " + std::to_string(seen) + " events: those up to " +
            std::to_string(seen - 1) + " are gone",
        std::move(witness));
}

bool Findings::is_event_bad(std::uint64_t position) const {
    return is_any_bad(position, position + 1);
}

bool Findings::is_any_bad(std::uint64_t begin, std::uint64_t end) const {
    for (auto it = of_events_.lower_bound({begin, {}});
         it != of_events_.end() && it->first.first < end; ++it)
        if (is_about_event(it->first.second)) return true;
    return false;
}

std::uint64_t Findings::first_bad_event() const {
    for (const auto& [key, said] : of_events_)
        if (is_about_event(key.second)) return key.first;
    return ~std::uint64_t{0};
}

std::vector<std::uint64_t> Findings::changed_events() const {
    std::vector<std::uint64_t> positions;
    for (const auto& [key, said] : of_events_)
        if (key.second == event_changed && positions.size() < 2 * faults_max)
            positions.push_back(key.first);
    return positions;
}

void Findings::rename(std::uint64_t position, const std::string& what, std::string detail) {
    const auto found = of_events_.find({position, event_changed});
    if (found == of_events_.end()) return;
    std::string witness = std::move(found->second.witness);
    of_events_.erase(found);
    of_events_.try_emplace({position, what}, Said{std::move(detail), std::move(witness)});
}

std::uint64_t Findings::first_cut() const {
    std::uint64_t position = ~std::uint64_t{0};
    for (const auto& [key, said] : of_events_)
        if (key.second == cut) position = std::min(position, key.first);
    return position;
}

void Findings::tell(Verification& verification) const {
    const std::uint64_t end = first_cut();
    for (const auto& [key, said] : of_events_) {
        const auto& [position, what] = key;
        if (what == index_wrong && (position >= end || is_event_bad(position))) continue;
        ++verification.fault_count;
        if (verification.faults.size() < faults_max)
            verification.faults.push_back({position, what, said.detail, said.witness});
    }
    verification.fault_count += others_count_;
    for (const Fault& fault : others_)
        if (verification.faults.size() < faults_max) verification.faults.push_back(fault);
}

}  // namespace adapters::rocksdb
