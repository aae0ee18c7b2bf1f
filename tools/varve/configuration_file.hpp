// tools/varve/configuration_file.hpp: varve.toml as it is written, every value with its line.
//
// Refuses  a key it does not know, a value of another type: refused "configuration-invalid".
#pragma once

#include "ledger/result.hpp"
#include "migrations/folder.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tools::varve {

template <class T>
struct Written {
    T value{};
    std::uint32_t line{};
};

// By rule or bucket of rules: "error", "warning", "note" or "off".
using RuleSeverities = std::map<std::string, Written<std::string>>;

struct EnvironmentSection {
    std::optional<Written<std::string>> url;
    std::optional<Written<std::string>> after;
    std::optional<Written<std::int64_t>> approvals;
    std::optional<Written<bool>> backup;
    std::optional<Written<std::string>> pooler;
    std::optional<Written<std::string>> marker_schema;
    std::optional<Written<std::vector<std::string>>> require;
    RuleSeverities rules;
};

struct WitnessSection {
    std::optional<Written<std::string>> url;
    std::optional<Written<std::string>> verifier;
    std::uint32_t line{};
};

struct ConfigurationFile {
    std::optional<Written<std::string>> organisation;
    std::optional<Written<std::string>> ledger_path;
    std::optional<Written<std::string>> signing_key;
    std::optional<Written<std::string>> key_passphrase;
    std::optional<Written<std::string>> checkpoints_folder;
    std::optional<Written<std::string>> checkpoints_webhook;
    std::vector<WitnessSection> checkpoint_witnesses;
    std::optional<Written<std::string>> marker_schema;
    std::optional<Written<std::string>> lock_timeout;
    std::optional<Written<std::int64_t>> lock_retries;
    std::optional<Written<std::string>> lock_wait;
    std::optional<Written<std::vector<std::string>>> retry_on;
    std::optional<Written<std::string>> statement_timeout;
    std::optional<Written<std::string>> migrations_path;
    std::optional<Written<std::string>> layout;
    std::optional<Written<std::string>> order;
    std::optional<Written<std::string>> schema;
    std::map<std::string, std::string> placeholders;
    std::map<std::string, migrations::FileSettings> files;
    RuleSeverities rules;
    std::map<std::string, EnvironmentSection> environments;
};

[[nodiscard]] ledger::Result<ConfigurationFile> read_configuration_file(
    const std::filesystem::path& path);

}  // namespace tools::varve
