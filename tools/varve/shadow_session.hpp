// tools/varve/shadow_session.hpp: a shadow for the length of a command.
//
// Choice  TEST_DATABASE_URL, where it is set; else a disposable server of our own.
// Refuses "usage": no duration.
#pragma once

#include "adapters/shadow/cluster.hpp"
#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace tools::varve {

// Nobody watches a pipeline, and a script that never ends would never let it end.
inline constexpr const char* shadow_statement_timeout = "10min";

class ShadowSession {
public:
    // `major`: the server version of the target, where one is known.
    // `statement_timeout`: how long a statement of a script may take there: "10min", "0" for ever.
    static ledger::Result<ShadowSession> open(
        std::optional<unsigned> major,
        const std::string& statement_timeout = shadow_statement_timeout);

    [[nodiscard]] commands::Shadow& shadow() { return *shadow_; }
    [[nodiscard]] bool is_disposable() const { return cluster_ != nullptr; }

private:
    ShadowSession(std::unique_ptr<adapters::shadow::Cluster> cluster,
                  std::unique_ptr<commands::Shadow> shadow)
        : cluster_{std::move(cluster)}, shadow_{std::move(shadow)} {}

    std::unique_ptr<adapters::shadow::Cluster> cluster_;
    std::unique_ptr<commands::Shadow> shadow_;  // goes first
};

// A file that is no migration of a folder, as a script: with its directives, without placeholders.
// Refused "file-unreadable", "validation-failed".
[[nodiscard]] ledger::Result<migrations::Script> read_script(const std::filesystem::path& file);

}  // namespace tools::varve
