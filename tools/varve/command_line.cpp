#include "tools/varve/command_line.hpp"

#include "adapters/postgres/secrets.hpp"
#include "tools/varve/finding_formats.hpp"
#include "tools/varve/foreign_words.hpp"
#include "tools/varve/import_options.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/testing_verbs.hpp"
#include "tools/varve/verb_options.hpp"
#include "tools/varve/witness_options.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string_view>

namespace tools::varve {

namespace {

void add_run_options(CLI::App& verb, RunVerbOptions& options) {
    verb.add_option("--to", options.to, "the last version to apply");
    verb.add_option("--count", options.count, "apply at most so many")->check(is_count);
    verb.add_flag("--out-of-order", options.out_of_order,
                  "apply pending migrations that are older than the newest applied");
    verb.add_flag("--despite-history", options.despite_history,
                  "apply also what another tool says it has applied (needs --reason)");
    verb.add_flag("--strict-transactions", options.strict_transactions,
                  "never fall back to running without a transaction");
    verb.add_option("--on-failure", options.on_failure,
                    "rollback: undo what this run applied, where a migration fails (stop)")
        ->check(CLI::IsMember({"stop", "rollback"}));
    verb.add_option("--transaction", options.transaction,
                    "all: one transaction for all that is pending, so all of it or nothing (each)")
        ->check(CLI::IsMember({"each", "all"}));
}

void add_rollback_options(CLI::App& verb, RollbackVerbOptions& options) {
    verb.add_option("--steps", options.steps, "undo so many (1)")->check(CLI::Range(1, 1'000'000));
    verb.add_option("--only", options.only, "undo these alone, and keep what came later")
        ->delimiter(',')
        ->allow_extra_args(false);
    verb.add_flag("--despite-dependents", options.despite_dependents,
                  "undo although what stays may depend on it (needs --reason)");
}

void add_writing_verbs(CLI::App& app, Words& words) {
    auto& init_verb =
        add_verb(app, words, "init", "make a ledger, its signing key, and varve.toml",
                 "varve init --organisation example.com",
                 [&](const auto& i, const auto& c) { return init(i, c, words.init); });
    init_verb.add_option("--organisation", words.init.organisation,
                         "names the ledger in its checkpoints: a domain name");

    auto& new_verb = add_verb(
        app, words, "new", "make a migration from the template", "varve new add_orders",
        [&](const auto& i, const auto& c) { return new_migration(i, c, words.new_migration); });
    new_verb.add_option("name", words.new_migration.name, "what it does, in a few words")
        ->required();

    auto& run_verb = add_verb(app, words, "run", "apply what is pending",
                              "varve run --env staging --ticket OPS-17",
                              [&](const auto& i, const auto& c) { return run(i, c, words.run); });
    run_verb.add_flag("--init", words.run.init, "make the ledger where there is none");
    add_run_options(run_verb, words.run);
    add_locks(run_verb, words);

    auto& rollback_verb =
        add_verb(app, words, "rollback", "undo what was applied, by the down scripts",
                 "varve rollback --to 20261122093000",
                 [&](const auto& i, const auto& c) { return rollback(i, c, words.rollback); });
    rollback_verb.add_option("--to", words.rollback.to,
                             "undo everything newer; it stays itself (0: everything)");
    add_rollback_options(rollback_verb, words.rollback);
    rollback_verb.add_flag("--strict-transactions", words.rollback.strict_transactions,
                           "never fall back to running without a transaction");
    add_locks(rollback_verb, words);

    auto& recover_verb =
        add_verb(app, words, "recover", "settle what a crash left in doubt", "varve recover",
                 [](const auto& i, const auto& c) { return recover(i, c); });
    add_locks(recover_verb, words);
}

void add_dry_run(CLI::App& app, Words& words) {
    DryRunVerbOptions& options = words.dry_run;
    auto& verb =
        add_verb(app, words, "dry-run", "show what run, or rollback, would do; change nothing",
                 "varve dry-run", [&words](const auto& i, const auto& c) {
                     words.dry_run.rollback.to = words.dry_run.run.to;
                     return dry_run(i, c, words.dry_run);
                 });
    add_run_options(verb, options.run);
    auto* undoes = verb.add_flag("--rollback", options.undoes, "show what rollback would undo");
    for (const char* name :
         {"--count", "--out-of-order", "--despite-history", "--on-failure", "--transaction"})
        verb.get_option(name)->excludes(undoes);
    add_rollback_options(verb, options.rollback);
    for (const char* name : {"--steps", "--only", "--despite-dependents"})
        verb.get_option(name)->needs(undoes);
    verb.add_flag("--exit-code", options.exit_code, "exit 3 where anything is to be done");
    verb.add_flag("--no-rehearsal", options.no_rehearsal, "only show the plan");
    auto* from = add_shadow_from(verb, options.shadow_from);
    add_shadow_timeout(verb, options.statement_timeout);
    auto* live =
        verb.add_flag("--live", options.live, "ask the target, read only, who is in the way now");
    auto* alone = verb.add_flag("--no-target", options.no_target,
                                "ask no target: only what ledger and files say of it")
                      ->excludes(live);
    auto* files = verb.add_option("files", options.files,
                                  "rehearse these files alone: no configuration, no ledger")
                      ->excludes(undoes)
                      ->excludes(from)
                      ->excludes(alone);
    for (const char* of_a_plan :
         {"--to", "--count", "--out-of-order", "--despite-history", "--on-failure", "--transaction",
          "--exit-code", "--no-rehearsal", "--live"})
        verb.get_option(of_a_plan)->excludes(files);
    verb.add_option("--history", options.history, "a file that makes the schema for them")
        ->needs(files)
        ->allow_extra_args(false);
    verb.add_flag("--apart", options.apart, "each file on the history alone, whatever came before")
        ->needs(files);
}

void add_looking_verbs(CLI::App& app, Words& words) {
    add_validate(app, words);
    add_dry_run(app, words);

    auto& status_verb = add_verb(
        app, words, "status", "where each target stands", "varve status --as-of 2026-11-01",
        [&](const auto& i, const auto& c) { return status(i, c, words.status); });
    status_verb.add_option("--as-of", words.status.as_of,
                           "a time, a date (both UTC), or a number of events");
    status_verb.add_flag("--exit-code", words.status.exit_code, "exit 3 where anything is pending");

    add_verb(app, words, "config", "every setting and where it came from", "varve config",
             [](const auto& i, const auto& c) { return config(i, c); });
}

void add_history_verbs(CLI::App& app, Words& words) {
    HistoryOptions& history_options = words.history;
    auto& history_verb =
        add_verb(app, words, "history", "the ledger's events, filtered",
                 "varve history --migration 20261122093000 --since 2026-11-01",
                 [&](const auto& i, const auto& c) { return history(i, c, words.history); });
    history_verb.add_option("--target", history_options.target, "of this target (also: --env)");
    history_verb.add_option("--migration", history_options.migration, "of this version");
    history_verb.add_option("--actor", history_options.actor, "by this person or service");
    history_verb.add_option("--run", history_options.run, "of this run, by its id");
    history_verb.add_option("--type", history_options.type, "of this type: attempt-failed");
    history_verb.add_option("--since", history_options.since, "recorded at or after");
    history_verb.add_option("--until", history_options.until, "recorded at or before");
    history_verb.add_option("--as-of", history_options.as_of, "as the ledger was then");
    history_verb
        .add_option("--limit", history_options.limit,
                    "the first so many: the oldest, or with --newest-first the newest")
        ->check(is_whole);
    history_verb.add_flag("--newest-first", history_options.newest_first, "the newest first");

    auto& show_verb = add_verb(app, words, "show", "one event in full, or content by its digest",
                               "varve show 42 --content", [&](const auto& i, const auto& c) {
                                   return show(i, c, words.show);
                               });
    show_verb.add_option("event", words.show.event, "a position, an event id, or content:<digest>")
        ->required();
    show_verb.add_flag("--content", words.show.content, "with the SQL and plans it refers to");
    show_verb.add_flag("--raw", words.show.raw, "the stored line alone, as it was hashed");
}

// The form that an error is asked for in, also where the command line could not be read.
std::string_view form_asked(int argument_count, char** arguments, const std::string& operation) {
    constexpr std::string_view option = "--format";
    std::string_view form = "text";
    for (int index = 1; index < argument_count; ++index) {
        const std::string_view word = arguments[index];
        if (word == option && index + 1 < argument_count)
            form = arguments[index + 1];
        else if (word.starts_with(option) && word.substr(option.size()).starts_with('='))
            form = word.substr(option.size() + 1);
    }
    const bool is_known =
        form == "json" || (operation == "validate" && (form == "sarif" || form == "github"));
    return is_known ? form : "text";
}

void show_document(const Invocation& invocation, const Console& console, std::string_view form,
                   const ledger::Error& error) {
    if (!console.json()) return;
    if (form == "sarif") return console.document(to_sarif(error));
    if (form == "github") return console.document(to_github(error));
    Json document = new_document(invocation);
    document["error"] = to_json(error);
    console.document(to_text(document));
}

const CLI::App* verb_named(const CLI::App& app, std::string_view name) {
    for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
        if (verb->get_name() == name) return verb;
    return nullptr;
}

// What was to be done, as far as it was understood: "run", "ledger backup", or the first word.
std::string operation_of(const CLI::App& app, int argument_count, char** arguments) {
    if (argument_count < 2) return "";
    const CLI::App* verb = verb_named(app, arguments[1]);
    const bool in_group = verb != nullptr && argument_count > 2 && verb_named(*verb, arguments[2]);
    return in_group ? std::string{arguments[1]} + " " + arguments[2] : arguments[1];
}

std::string help_with_usage(const CLI::App& app, const std::string& operation) {
    if (operation.starts_with("-"))
        return "options stand after the verb: varve VERB " + operation + " ...; " +
               instead_of(operation);
    if (operation.empty() || verb_named(app, operation.substr(0, operation.find(' '))) == nullptr)
        return instead_of(operation);
    for (const std::string& word : app.remaining(true))
        if (const std::string ours = instead_of_flag(word); !ours.empty())
            return ours + "; varve " + operation + " --help";
    return "varve " + operation + " --help";
}

// What the command line got wrong, in the form that it asked for all the same.
int refuse_usage(const CLI::App& app, int argument_count, char** arguments,
                 const std::string& what) {
    Invocation invocation;
    const std::string said = operation_of(app, argument_count, arguments);
    invocation.operation = said.starts_with("-") ? "" : said;
    const std::string_view form = form_asked(argument_count, arguments, invocation.operation);
    invocation.json = form != "text";
    const ledger::Error error{
        ledger::Code::refused, "usage",
        adapters::postgres::without_secrets(what.substr(0, what.find('\n')).substr(0, 300)),
        help_with_usage(app, said)};
    const Console console{invocation};
    console.error(error);
    show_document(invocation, console, form, error);
    return static_cast<int>(ExitCode::usage);
}

bool is_group(const CLI::App& verb) { return verb.get_require_subcommand_min() > 0; }

// CLI11 would only say that some verb is required.
std::optional<std::string> unknown_verb(const CLI::App& app, int argument_count, char** arguments) {
    if (argument_count < 2 || arguments[1][0] == '-') return std::nullopt;
    const CLI::App* verb = verb_named(app, arguments[1]);
    if (verb == nullptr) return std::string{arguments[1]};
    if (!is_group(*verb) || argument_count < 3 || arguments[2][0] == '-') return std::nullopt;
    if (verb_named(*verb, arguments[2]) != nullptr) return std::nullopt;
    return std::string{arguments[1]} + " " + arguments[2];
}

// CLI11 would tell them the other way round.
std::string unexpected(const CLI::App& app) {
    std::string all;
    for (const std::string& word : app.remaining(true)) all += (all.empty() ? "" : " ") + word;
    return "not expected here: " + all;
}

// What is said once is kept for good: nothing that is empty, and no password.
void settle_words(Invocation& invocation) {
    for (auto* text : {&invocation.reason, &invocation.ticket}) {
        if (!*text) continue;
        if ((*text)->find_first_not_of(" \t\r\n") == std::string::npos)
            text->reset();
        else
            **text = adapters::postgres::without_secrets(**text);
    }
}

int carry_out(const Words& words) {
    const Console console{words.invocation};
    const auto code = words.action(words.invocation, console);
    if (code) return static_cast<int>(*code);
    console.error(code.error());
    show_document(words.invocation, console, words.format, console.told(code.error()));
    return static_cast<int>(exit_code_of(code.error()));
}

// Output that nobody got is no success: a full disk behind a redirection, say.
int unless_lost(int code) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    std::fputs("error[output-lost]: the output could not be written\n", stderr);
    return code == 0 ? static_cast<int>(ExitCode::error) : code;
}

}  // namespace

int run_command_line(int argument_count, char** arguments) {
    Words words;
    words.given.insert(arguments + 1, arguments + std::max(argument_count, 1));
    // It lives as long as the process, which frees it sooner than it frees itself.
    static std::unique_ptr<CLI::App> kept;
    kept = std::make_unique<CLI::App>("Varve: an event-sourced migration ledger for PostgreSQL",
                                      "varve");
    CLI::App& app = *kept;
    app.set_version_flag("--version", "varve " VARVE_VERSION);
    app.require_subcommand(1);
    app.footer("varve VERB --help tells more. Exit codes: docs/errors.md.");
    add_writing_verbs(app, words);
    add_deciding_verbs(app, words);
    add_import(app, words);
    add_witness(app, words);
    add_looking_verbs(app, words);
    add_testing(app, words);
    add_proving_verbs(app, words);
    add_history_verbs(app, words);
    add_signing_verbs(app, words);
    add_reviewing_verbs(app, words);
    add_copying_verbs(app, words);
    add_export_verbs(app, words);
    refuse_empty_values(app, words);
    if (const auto unknown = unknown_verb(app, argument_count, arguments))
        return refuse_usage(app, argument_count, arguments,
                            "there is no verb \"" + *unknown + "\"");
    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::ExtrasError&) {
        return refuse_usage(app, argument_count, arguments, unexpected(app));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return unless_lost(app.exit(error, std::cout, std::cerr));
        return refuse_usage(app, argument_count, arguments, error.what());
    }
    settle_words(words.invocation);
    words.invocation.json = words.format != "text";
    words.validate.form = words.format;
    return unless_lost(carry_out(words));
}

}  // namespace tools::varve
