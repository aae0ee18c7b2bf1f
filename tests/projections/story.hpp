// tests/projections/story.hpp: what happened on the target "production", and what folds say of it.
#pragma once

#include "projections/engine.hpp"
#include "projections/target_state.hpp"
#include "tests/projections/target_history.hpp"

#include <cstdint>
#include <string>

namespace tests {

class Story {
public:
    RecordedLedger ledger;
    TargetHistory production{ledger, "production"};

    [[nodiscard]] projections::MemoryRows rows() const {
        return *projections::fold_to(ledger, projections::target_state_projection(),
                                     ledger.head()->size);
    }
    [[nodiscard]] projections::TargetState state() const {
        return *projections::read_target_state(rows(), production.target());
    }
    [[nodiscard]] projections::MigrationState of(const std::string& version) const {
        return state().migrations.at({version});
    }
    void apply(std::uint8_t attempt, const std::string& version, const std::string& up = "up") {
        production.started(attempt, version, up);
        production.succeeded(attempt, version, up);
    }
    void fail(std::uint8_t attempt, const std::string& version, Half half = {}) {
        production.started(attempt, version);
        production.failed(attempt, version, half);
    }
    void undo(std::uint8_t attempt, const std::string& version) {
        production.direction = ledger::Direction::down;
        production.started(attempt, version, "down");
        production.succeeded(attempt, version, "down");
        production.direction = ledger::Direction::up;
    }
};

}  // namespace tests
