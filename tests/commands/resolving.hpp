// tests/commands/resolving.hpp: decisions of a scene, and how it stands after them.
#pragma once

#include "commands/resolve.hpp"
#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace tests {

inline ledger::Result<commands::ResolveReport> resolve(Scene& scene,
                                                       const commands::ResolveOptions& options) {
    return commands::resolve(scene.services, {scene.target, scene.folder, options});
}

inline ledger::Result<commands::ResolveReport> resolve(Scene& scene, const std::string& version,
                                                       ledger::Resolution resolution) {
    return resolve(scene, {{{version}}, std::nullopt, resolution});
}

inline ledger::Error refused(const ledger::Result<commands::RunReport>& report) {
    REQUIRE_FALSE(report);
    return report.error();
}

// What is done, with nothing left to say about it.
inline void settled_and_level(Scene& scene, std::size_t applied_count) {
    const auto report = must(scene.run());
    CHECK(report.end == commands::RunEnd::nothing_to_do);
    CHECK(scene.state().applied_order.size() == applied_count);
}

}  // namespace tests
