// tests/projections/any_history.hpp: histories at random, most of them such as no program writes.
#pragma once

#include "tests/projections/target_history.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tests {

inline void add_any_event(RecordedLedger& ledger, std::uint32_t dice) {
    const auto roll = [&dice](std::uint32_t sides) {
        const std::uint32_t face = dice % sides;
        dice /= sides;
        return face;
    };
    static const std::array<std::string, 2> targets{"production", "production2"};
    static const std::array<std::string, 4> versions{"0001", "0002", "1.1", "R__views"};
    const std::uint32_t kind = roll(19);
    TargetHistory target(ledger, targets[roll(2)]);
    const std::string& version = versions[roll(4)];
    const auto attempt = static_cast<std::uint8_t>(roll(3));
    target.direction = roll(3) == 0 ? ledger::Direction::down : ledger::Direction::up;
    target.transactional = roll(2) == 0;
    const std::string digest_of = roll(2) == 0 ? "up" : "edited";
    const Half half{roll(3), roll(2) == 0};
    ledger.actor = roll(4) == 0 ? "uid:1001" : "uid:1000";
    const auto difference = static_cast<ledger::DifferenceKind>(half.statements_done);
    const auto resolution = static_cast<ledger::Resolution>(attempt);
    const std::array<std::function<std::uint64_t()>, 19> events{
        [&] { return target.known(); },
        [&] { return target.seen(version, digest_of); },
        [&] { return target.revised(version, digest_of); },
        [&] { return target.run(attempt); },
        [&] { return target.finished(ledger::Outcome::succeeded, 1); },
        [&] { return target.refused(attempt); },
        [&] { return target.statement(attempt, version, half.statements_done); },
        [&] { return target.succeeded(attempt, version, digest_of); },
        [&] { return target.succeeded(attempt, version, digest_of); },
        [&] { return target.failed(attempt, version, half, digest_of); },
        [&] { return target.cancelled(attempt, version, half); },
        [&] { return target.waited(); },
        [&] {
            return ledger.add("ledger", ledger::LedgerCreated{1, "example.com", "example"});
        },
        [&] { return target.started(attempt, version, digest_of); },
        [&] { return target.started(attempt, version, digest_of); },
        [&] { return target.add(ledger::Opaque{"drift-found.1", "{}"}); },
        [&] {
            return target.resolved(version, difference, resolution,
                                   half.resumable ? digest_of : std::string{});
        },
        [&] { return target.adopted(version, digest_of); },
        [&] {
            return target.add(ledger::MarkersWritten{target.target(), 1});
        },
    };
    events[kind]();
}

inline rc::Gen<std::vector<std::uint32_t>> any_history(int events_max) {
    return rc::gen::resize(events_max, rc::gen::container<std::vector<std::uint32_t>>(
                                           rc::gen::inRange<std::uint32_t>(0, 4'000'000'000U)));
}

}  // namespace tests
