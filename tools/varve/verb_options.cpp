#include "tools/varve/verb_options.hpp"

#include "ledger/clean.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/proof_files.hpp"

#include <limits>
#include <utility>

namespace tools::varve {

namespace {

constexpr std::size_t said_bytes_max = 2000;

// The next option would be kept as the text that was forgotten, and not be taken for what it is.
std::string is_no_option(const std::string& text) {
    const bool is_option =
        text.starts_with("--") &&
        text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
    return is_option ? "its text is missing: the option " + text + " follows" : std::string{};
}

// It is kept for good, as it was said or not at all.
std::string is_storable(const std::string& text) {
    if (text.size() > said_bytes_max)
        return "it has " + std::to_string(text.size()) + " bytes, and " +
               std::to_string(said_bytes_max) + " are kept at most";
    const std::size_t bad = ledger::find_ill_formed_utf8(text);
    return bad == text.npos ? std::string{}
                            : "it is not UTF-8, from byte " + std::to_string(bad + 1) + " on";
}

void add_common(CLI::App& verb, Words& words) {
    Flags& flags = words.invocation.flags;
    const char* group = "Common options";
    verb.add_option("--config", flags.config, "the configuration file")->group(group);
    verb.add_option("--ledger", flags.ledger, "the ledger's folder")->group(group);
    verb.add_option("--migrations", flags.migrations, "the migrations folder")->group(group);
    verb.add_option("--layout", flags.layout, "the folder's layout, where it is not recognised")
        ->group(group);
    verb.add_option("--placeholder", flags.placeholders, "NAME=VALUE, replaced in the files")
        ->allow_extra_args(false)
        ->group(group);
    verb.add_option("--env", flags.environment, "the environment (default: development, or STAGE)")
        ->group(group);
    verb.add_option("--url", flags.url, "the target database")->group(group);
    verb.add_option("--format", words.format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->group(group);
    verb.add_option("--reason", words.invocation.reason,
                    "why; kept with every event (2000 bytes at most)")
        ->check(is_no_option)
        ->check(is_storable)
        ->group(group);
    verb.add_option("--ticket", words.invocation.ticket,
                    "the ticket; kept with every event (2000 bytes at most)")
        ->check(is_no_option)
        ->check(is_storable)
        ->group(group);
    verb.add_flag("-y,--yes", words.invocation.yes, "ask nothing")->group(group);
    verb.add_flag("-q,--quiet", words.invocation.quiet, "say only what must be said")->group(group);
    verb.add_flag("-v,--verbose", words.invocation.verbose, "say more")->group(group);
}

}  // namespace

CLI::Option* add_shadow_from(CLI::App& verb, std::string& from) {
    return verb
        .add_option("--shadow-from", from,
                    "the shadow's schema: what the ledger says was applied, or the target's now")
        ->check(CLI::IsMember({"ledger", "target"}));
}

void add_shadow_timeout(CLI::App& verb, std::optional<std::string>& timeout) {
    verb.add_option("--statement-timeout", timeout,
                    "how long a statement may take on the shadow (10min; 0: for ever)")
        ->check([](const std::string& text) {
            return duration_ms(text) ? std::string{}
                                     : "\"" + text + "\" is not a duration: write 500ms, 5s, 2min";
        });
}

CLI::App& add_verb(CLI::App& app, Words& words, const std::string& name, const std::string& what,
                   const std::string& example, Action action) {
    CLI::App& verb = *app.add_subcommand(name, what);
    if (words.given.contains(name)) add_common(verb, words);
    verb.footer("Example:\n  " + example);
    const std::string group = app.get_parent() == nullptr ? "" : app.get_name() + " ";
    verb.callback([&words, operation = group + name, action = std::move(action)] {
        const std::string& word = words.action_word;
        words.invocation.operation = operation + (word.empty() ? "" : " " + word);
        words.action = action;
    });
    return verb;
}

std::string is_whole(const std::string& word) {
    return whole_number(word) ? std::string{} : word + " is no whole number from 0 on";
}

std::string is_count(const std::string& word) {
    constexpr std::uint32_t max = std::numeric_limits<std::uint32_t>::max();
    const bool is_too_large = whole_number(word).value_or(0) > max;
    return is_too_large ? word + " is too large a number" : is_whole(word);
}

void refuse_empty_values(CLI::App& app, const Words& words) {
    const CLI::Validator is_given{
        [](const std::string& text) {
            return text.empty() ? "it is empty; was it made of a variable that is not set?" : "";
        },
        ""};
    for (CLI::Option* option : app.get_options()) {
        const std::string name = option->get_single_name();
        // A blank reason or ticket is none.
        if (option->get_items_expected_max() > 0 && name != "reason" && name != "ticket")
            option->transform(is_given);  // before the option's own checks, which expect a text
    }
    for (CLI::App* verb : app.get_subcommands([](CLI::App*) { return true; }))
        if (words.given.contains(verb->get_name())) refuse_empty_values(*verb, words);
}

void drop_common_format(CLI::App& verb) {
    if (CLI::Option* format = verb.get_option_no_throw("--format")) verb.remove_option(format);
}

void add_locks(CLI::App& verb, Words& words) {
    Flags& flags = words.invocation.flags;
    verb.add_option("--lock-wait", flags.lock_wait, "how long to wait for another run (60s)");
    verb.add_option("--lock-timeout", flags.lock_timeout,
                    "how long a statement may wait for a lock (5s)");
    verb.add_option("--lock-retries", flags.lock_retries, "tries after a lock time-out (10)")
        ->check(is_count);
    verb.add_option("--retry-on", flags.retry_on,
                    "SQLSTATEs that are tried again like a lock time-out: 40001,40P01")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb.add_option("--statement-timeout", flags.statement_timeout, "of every statement (0: none)");
}

}  // namespace tools::varve
