// adapters/shadow/programs.hpp: the server's programs on this machine, as packages install them.
//
// Order   VARVE_POSTGRES_BIN; else the wanted major version, else the newest, of the folders that
//         Debian, Red Hat and Homebrew use; else what `pg_config` or `postgres` on PATH belongs to.
// Errors  unavailable "shadow-missing", with what to install or to set instead.
#pragma once

#include "ledger/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace adapters::shadow {

struct Programs {
    std::filesystem::path folder;  // with postgres and initdb in it
    std::string key;               // another one for every build of the server
};

// `major`: 15, 16, ...; another one is taken where that is not installed.
[[nodiscard]] ledger::Result<Programs> find_programs(std::optional<unsigned> major);

}  // namespace adapters::shadow
