// tests/projections/recorded_ledger.hpp: a ledger in memory that records what a test tells it.
//
// Time  event n is recorded at (n + 1) * 1,000,000 us.
#pragma once

#include "ledger/codec.hpp"
#include "ledger/store.hpp"
#include "ledger/tree.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tests {

inline ledger::Uuid uuid(std::uint8_t number) {
    ledger::Uuid id;
    id.bytes[15] = number;
    return id;
}

inline constexpr std::int64_t time_of(std::uint64_t position) {
    return static_cast<std::int64_t>(position + 1) * 1'000'000;
}

class RecordedLedger final : public ledger::Reader {
public:
    explicit RecordedLedger(std::uint8_t id = 1) : id_(uuid(id)) {}

    // Who the next events are by, and of which run.
    std::string actor = "uid:1000";
    std::optional<ledger::Uuid> run;
    ledger::Uuid correlation;

    // The position of the event.
    std::uint64_t add(const std::string& stream, ledger::Event event) {
        ledger::Record record;
        record.ledger = id_;
        record.position = lines_.size();
        record.stream = stream;
        record.stream_version = ++versions_[stream];
        record.id = uuid(static_cast<std::uint8_t>(lines_.size()));
        record.recorded_at_us = time_of(lines_.size());
        record.actor = {actor, ledger::ActorKind::person, "os-user", "build-1"};
        record.run = run;
        record.correlation = correlation;
        record.tool = "varve/0.1.0";
        record.data = std::move(event);
        auto line = ledger::encode(record);
        if (!line) {
            std::cerr << line.error().detail << '\n';
            std::abort();
        }
        frontier_.append(ledger::leaf_hash(*line));
        lines_.push_back(std::move(*line));
        return record.position;
    }

    ledger::Result<ledger::Digest> subtree(unsigned, std::uint64_t) const override {
        return ledger::fail(ledger::Code::refused, "not-kept", "a recorded ledger has no tree");
    }
    ledger::Result<std::optional<std::string>> checkpoint(std::uint64_t) const override {
        return std::optional<std::string>{};
    }
    ledger::Result<ledger::Head> head() const override {
        const auto at = lines_.empty() ? 0 : time_of(lines_.size() - 1);
        return ledger::Head{id_, lines_.size(), frontier_.root(), at};
    }
    ledger::Result<std::vector<std::string>> lines(std::uint64_t position,
                                                   std::size_t count_max) const override {
        const std::size_t begin = std::min<std::size_t>(position, lines_.size());
        const std::size_t end = begin + std::min(count_max, lines_.size() - begin);
        return std::vector<std::string>(lines_.begin() + static_cast<std::ptrdiff_t>(begin),
                                        lines_.begin() + static_cast<std::ptrdiff_t>(end));
    }
    ledger::Result<std::uint64_t> stream_version(std::string_view stream) const override {
        const auto found = versions_.find(std::string(stream));
        return found == versions_.end() ? 0 : found->second;
    }
    ledger::Result<std::vector<std::uint64_t>> stream_positions(std::string_view, std::uint64_t,
                                                                std::size_t) const override {
        return ledger::fail(ledger::Code::refused, "not-recorded");
    }
    ledger::Result<std::optional<std::string>> content(const ledger::Digest&) const override {
        return std::nullopt;
    }
    ledger::Result<ledger::Digest> root_at(std::uint64_t size) const override {
        ledger::Frontier frontier;
        for (std::size_t i = 0; i < size; ++i) frontier.append(ledger::leaf_hash(lines_[i]));
        return frontier.root();
    }

    // A fault: the stored line is no longer what was written.
    std::string& line(std::uint64_t position) { return lines_.at(position); }
    // A copy that has lost everything after its first `size` events.
    [[nodiscard]] RecordedLedger cut(std::uint64_t size) const {
        RecordedLedger copy;
        copy.id_ = id_;
        for (std::size_t i = 0; i < size; ++i) {
            const ledger::Record record = *ledger::decode(lines_[i]);
            copy.versions_[record.stream] = record.stream_version;
            copy.frontier_.append(ledger::leaf_hash(lines_[i]));
            copy.lines_.push_back(lines_[i]);
        }
        return copy;
    }

private:
    ledger::Uuid id_;
    std::vector<std::string> lines_;
    std::map<std::string, std::uint64_t> versions_;
    ledger::Frontier frontier_;
};

}  // namespace tests
