// tools/varve/configuration.hpp: every setting of a command, and where each came from.
//
// Order    flag > environment variable > varve.toml > default. The file is found upwards from the
//          working directory; paths in it are relative to its folder.
// Secrets  a URL may be "env:NAME" or "file:PATH"; one that is not there stops only what connects
//          (`url_error`). `settings` holds no password.
// Errors   refused "configuration-invalid" with file, line and what to write;
// "environment-unknown",
//          "configuration-missing" (said by --config, and not there); "working-folder-missing".
#pragma once

#include "commands/safeguards.hpp"
#include "ledger/result.hpp"
#include "migrations/folder.hpp"
#include "migrations/rules/policy.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tools::varve {

// Where neither --env nor STAGE names one.
inline constexpr std::string_view default_environment = "development";

// What the command line said, of what the configuration can say too.
struct Flags {
    std::optional<std::string> config;
    std::optional<std::string> environment;
    std::optional<std::string> url;
    std::optional<std::string> migrations;
    std::optional<std::string> ledger;
    std::optional<std::string> layout;
    std::vector<std::string> placeholders;  // NAME=VALUE
    std::optional<std::string> lock_timeout;
    std::optional<std::string> lock_wait;
    std::optional<std::uint32_t> lock_retries;
    std::vector<std::string> retry_on;
    std::optional<std::string> statement_timeout;
};

struct Setting {
    std::string key;
    std::string value;   // masked where it holds a secret
    std::string origin;  // "--url", "DATABASE_URL", "varve.toml:7", "default"
};

// Somebody who cosigns this ledger's checkpoints.
struct WitnessSettings {
    std::string url;       // "env:NAME", "file:PATH" or an address
    std::string verifier;  // name+id+key
};

// What --env names, else the variable STAGE.
[[nodiscard]] std::optional<std::string> named_environment(const Flags& flags);

struct Configuration {
    std::optional<std::filesystem::path> file;
    std::string organisation;
    std::filesystem::path ledger;
    std::filesystem::path signing_key;
    std::optional<std::string> key_passphrase;  // "env:NAME" or "file:PATH": where it is
    std::optional<std::filesystem::path> checkpoints_folder;
    std::optional<std::string> checkpoints_webhook;  // "env:NAME", "file:PATH" or an address
    std::vector<WitnessSettings> checkpoint_witnesses;
    std::string marker_schema;
    std::string lock_timeout;
    std::uint32_t lock_retries{};
    std::set<std::string> retry_on;  // SQLSTATEs
    std::string lock_wait;
    std::string statement_timeout;
    std::filesystem::path migrations;
    migrations::FolderSettings folder;
    bool any_order{};

    std::string environment;
    std::optional<std::string> chosen_environment;   // the same, where --env or STAGE names it
    std::optional<ledger::Error> environment_error;  // why nothing can be run on it
    std::set<std::string> environments;              // that the file has a section of
    std::optional<std::string> url;                  // as connected with: may hold a password
    std::optional<ledger::Error> url_error;          // why a URL that is asked for is not there
    std::optional<std::string> after;
    commands::Safeguards safeguards;
    bool pooler_is_session{};
    std::set<std::string> required;  // of a run: "validate", "rollback", ...
    migrations::rules::Policy rules;

    std::vector<Setting> settings;   // in the order to show
    std::vector<std::string> notes;  // what a person should know of it
};

// A chosen environment that the file has no section of: let through for who only reads what the
// ledger tells of it, with `environment_error`.
enum class Unlisted { refused, let_through };
[[nodiscard]] ledger::Result<Configuration> read_configuration(
    const Flags& flags, Unlisted unlisted = Unlisted::refused);

// "error", "warning", "note" or "off".
[[nodiscard]] bool is_severity(const std::string& text);
// Of such a word; nothing: off.
[[nodiscard]] std::optional<migrations::Severity> severity_of(const std::string& text);

// As PostgreSQL writes it: a number and us, ms, s, min, h or d; without a unit, milliseconds.
// Nothing where the server would find it too long (24 days).
[[nodiscard]] std::optional<std::uint64_t> duration_ms(const std::string& text);

}  // namespace tools::varve
