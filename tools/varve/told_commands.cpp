#include "tools/varve/told_commands.hpp"

#include "adapters/postgres/secrets.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

namespace tools::varve {

namespace {

constexpr std::string_view program = "varve ";
constexpr std::string_view in_words =
    "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";

constexpr std::array<std::string_view, 13> verbs_of_targets{
    "baseline", "checkpoint", "dry-run", "import", "recover",  "replay", "resolve",
    "rollback", "run",        "status",  "test",   "validate", "verify"};

std::string for_a_shell(const std::string& word) {
    if (!word.empty() && word.find_first_not_of(in_words) == std::string::npos) return word;
    std::string quoted = "'";
    for (const char character : word)
        quoted += character == '\'' ? std::string{"'\\''"} : std::string(1, character);
    return quoted + "'";
}

std::optional<std::string> environment_of(const Flags& flags) {
    if (flags.environment) return flags.environment;
    const char* stage = std::getenv("STAGE");  // NOLINT(concurrency-mt-unsafe)
    return stage != nullptr && *stage != '\0' ? std::optional<std::string>{stage} : std::nullopt;
}

// Empty where no verb of ours begins there.
std::string_view verb_at(std::string_view text) {
    const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-");
    const auto verb = text.substr(0, end);
    const bool known =
        std::find(verbs_of_targets.begin(), verbs_of_targets.end(), verb) != verbs_of_targets.end();
    return known ? verb : std::string_view{};
}

bool begins_a_command(std::string_view text, std::size_t at) {
    return at == 0 || in_words.find(text[at - 1]) == std::string_view::npos;
}

// As far as the options of a command that begins `text` may reach.
bool has_own_choice(std::string_view text) {
    const auto command = text.substr(0, std::min(text.find_first_of(";\n"), text.find(program)));
    return command.find("--env") != command.npos || command.find("--url") != command.npos;
}

}  // namespace

std::string choice_in_words(const Flags& flags) {
    std::string words;
    const auto add = [&](std::string_view option, const std::optional<std::string>& value) {
        if (value) words += " " + std::string{option} + " " + for_a_shell(*value);
    };
    add("--config", flags.config);
    add("--env", environment_of(flags));
    if (flags.url && adapters::postgres::without_secrets(*flags.url) != *flags.url)
        words += " --url ...";
    else
        add("--url", flags.url);
    add("--ledger", flags.ledger);
    add("--migrations", flags.migrations);
    add("--layout", flags.layout);
    return words;
}

bool chooses_target(const Flags& flags) { return flags.url || environment_of(flags); }

std::string told_commands(std::string_view text, std::string_view choice) {
    std::string told;
    if (choice.empty()) return std::string{text};
    for (std::size_t at = 0; at < text.size();) {
        const bool begins = text.substr(at).starts_with(program) && begins_a_command(text, at);
        const auto verb = begins ? verb_at(text.substr(at + program.size())) : std::string_view{};
        if (verb.empty()) {
            told += text[at++];
            continue;
        }
        told += program;
        told += verb;
        at += program.size() + verb.size();
        if (!has_own_choice(text.substr(at))) told += choice;
    }
    return told;
}

}  // namespace tools::varve
