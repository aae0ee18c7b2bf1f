#include "tools/varve/switches.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace tools::varve {

namespace {

constexpr std::array names{"MIGRATION_DRY_RUN",          "MIGRATION_VALIDATE_ONLY",
                           "MIGRATION_ROLLBACK_ENABLED", "MIGRATION_REQUIRE_APPROVAL",
                           "MIGRATION_BACKUP_ENABLED",   "MIGRATION_AUDIT_ENABLED"};

std::string text_of(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    std::string text{value == nullptr ? "" : value};
    text.erase(0, std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    for (char& character : text)
        if (character >= 'A' && character <= 'Z') character = static_cast<char>(character + 32);
    return text;
}

std::optional<bool> meaning_of(std::string_view text) {
    for (const std::string_view word : {"true", "yes", "on", "1"})
        if (text == word) return true;
    for (const std::string_view word : {"false", "no", "off", "0"})
        if (text == word) return false;
    return std::nullopt;
}

}  // namespace

ledger::Result<void> check_switches() {
    for (const char* name : names) {
        const std::string text = text_of(name);
        if (text.empty() || meaning_of(text)) continue;
        return ledger::fail(ledger::Code::refused, "configuration-invalid",
                            "the environment variable " + std::string{name} + " is \"" + text +
                                "\", and that is neither true nor false",
                            "set it to true or false, or unset it");
    }
    return {};
}

bool is_switched_on(const char* name) { return meaning_of(text_of(name)) == true; }

bool is_switched_off(const char* name) { return meaning_of(text_of(name)) == false; }

}  // namespace tools::varve
