#include "tools/varve/told_commands.hpp"

#include "adapters/postgres/secrets.hpp"
#include "ledger/shell_word.hpp"
#include "migrations/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>
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
constexpr std::array<std::string_view, 15> verbs_of_ledgers{
    "config",         "export evidence", "export history", "history",       "keys passphrase",
    "keys retire",    "keys rotate",     "keys",           "ledger backup", "ledger follow",
    "ledger restore", "prove",           "redact",         "review",        "show"};

template <class Verbs>
std::string_view verb_among(const Verbs& verbs, std::string_view text) {
    for (const std::string_view verb : verbs)
        if (text.starts_with(verb) &&
            (text.size() == verb.size() || in_words.find(text[verb.size()]) == in_words.npos ||
             text[verb.size()] == '.'))
            return verb;
    return {};
}

// "rollback", "ledger restore"; empty where no verb of ours begins there.
std::string_view verb_at(std::string_view text) {
    const auto verb = verb_among(verbs_of_targets, text);
    return verb.empty() ? verb_among(verbs_of_ledgers, text) : verb;
}

bool begins_a_command(std::string_view text, std::size_t at) {
    return at == 0 || in_words.find(text[at - 1]) == std::string_view::npos;
}

// As far as the options of a command that begins `text` may reach.
std::string_view rest_of_command(std::string_view text) {
    return text.substr(0, std::min(text.find_first_of(";\n"), text.find(program)));
}

bool chooses_target(const ChosenOption& option) {
    return option.name == "--env" || option.name == "--url";
}

// What is restored to a place that is said concerns no other.
bool has_place(std::string_view verb, std::string_view rest) {
    return verb == "ledger restore" && rest.find("--to ") != rest.npos;
}

// "pw" of "app_pw", of "app-pw2" and of "PW": as a part of another word these say nothing.
bool has_short_name(std::string_view low) {
    constexpr std::array<std::string_view, 8> short_names{"pw",  "psw", "pin", "psk",
                                                          "otp", "jwt", "pem", "salt"};
    for (std::size_t begin = 0; begin < low.size();) {
        std::size_t end = begin;
        while (end < low.size() && low[end] >= 'a' && low[end] <= 'z') ++end;
        const std::string_view part = low.substr(begin, end - begin);
        if (std::find(short_names.begin(), short_names.end(), part) != short_names.end())
            return true;
        begin = end + 1;
    }
    return false;
}

// Rather too many than one: who reads the command knows what he gave.
bool may_name_a_secret(const std::string& name) {
    std::string low = name;
    std::transform(low.begin(), low.end(), low.begin(),
                   [](unsigned char each) { return static_cast<char>(std::tolower(each)); });
    constexpr std::array<std::string_view, 8> parts{"pass", "pwd",  "secret", "token",
                                                    "key",  "cred", "dsn",    "auth"};
    return has_short_name(low) || std::any_of(parts.begin(), parts.end(), [&](auto part) {
               return low.find(part) != low.npos;
           });
}

bool is_secret(const std::string& name, const std::string& value) {
    return may_name_a_secret(name) || !migrations::find_secrets(value).empty() ||
           adapters::postgres::without_secrets(value) != value;
}

// "schema=public", "api_key=...".
std::string placeholder_word(const std::string& given) {
    const std::string name = given.substr(0, given.find('='));
    if (name.size() == given.size()) return ledger::shell_word(given);
    return is_secret(name, given.substr(name.size() + 1)) ? ledger::shell_word(name) + "=..."
                                                          : ledger::shell_word(given);
}

std::string options_for(std::string_view verb, std::string_view rest,
                        const std::vector<ChosenOption>& chosen) {
    const bool is_of_target = !verb_among(verbs_of_targets, verb).empty();
    const auto says = [&](std::string_view name) { return rest.find(name) != rest.npos; };
    std::string words;
    for (const ChosenOption& option : chosen) {
        const bool is_of_ledger = option.name == "--config" || option.name == "--ledger";
        const bool is_said =
            chooses_target(option)
                ? says("--env") || says("--url")
                : says(option.name) || (option.name == "--ledger" && has_place(verb, rest));
        if ((is_of_target || is_of_ledger) && !is_said)
            words += " " + option.name + " " + option.word;
    }
    return words;
}

}  // namespace

std::vector<ChosenOption> chosen_options(const Flags& flags) {
    std::vector<ChosenOption> chosen;
    const auto add = [&](std::string name, const std::optional<std::string>& value) {
        if (value) chosen.push_back({std::move(name), ledger::shell_word(*value)});
    };
    add("--config", flags.config);
    add("--env", named_environment(flags));
    if (flags.url && adapters::postgres::without_secrets(*flags.url) != *flags.url)
        chosen.push_back({"--url", "..."});
    else
        add("--url", flags.url);
    add("--ledger", flags.ledger);
    add("--migrations", flags.migrations);
    add("--layout", flags.layout);
    for (const std::string& given : flags.placeholders)
        chosen.push_back({"--placeholder", placeholder_word(given)});
    return chosen;
}

std::vector<ChosenOption> chosen_for(std::vector<ChosenOption> chosen, std::string_view target) {
    const auto named = std::find_if(chosen.begin(), chosen.end(), [](const ChosenOption& option) {
        return option.name == "--env";
    });
    const std::string word = ledger::shell_word(target);
    if ((named == chosen.end() ? default_environment : std::string_view{named->word}) == word)
        return chosen;
    std::erase_if(chosen, chooses_target);
    chosen.push_back({"--env", word});
    return chosen;
}

std::string told_commands(std::string_view text, const std::vector<ChosenOption>& chosen) {
    std::string told;
    if (chosen.empty()) return std::string{text};
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
        told += options_for(verb, rest_of_command(text.substr(at)), chosen);
    }
    return told;
}

}  // namespace tools::varve
