#include "tools/varve/verb_options.hpp"

namespace tools::varve {

namespace {

std::string standard_input_by_name(const std::string& file) {
    return file == "-" ? "/dev/stdin" : file;
}

}  // namespace

void add_validate(CLI::App& app, Words& words) {
    ValidateOptions& options = words.validate;
    auto& verb = add_verb(app, words, "validate", "judge the migration files", "varve validate",
                          [&](const auto& i, const auto& c) { return validate(i, c, options); });
    auto* files =
        verb.add_option(
                "files", options.files,
                "only findings in these files; files outside the migrations folder are judged "
                "by themselves; - reads what comes through a pipe")
            ->transform(standard_input_by_name);
    drop_common_format(verb);
    verb.add_option("--format", words.format, "text, json, sarif or github")
        ->check(CLI::IsMember({"text", "json", "sarif", "github"}));
    verb.add_option("--server-version", options.server_version,
                    "the PostgreSQL version to judge for: \"15\"");
    verb.add_option("--history", options.history,
                    "SQL that the named files come after (repeatable)")
        ->needs(files)
        ->allow_extra_args(false);
    verb.add_flag("--assume-in-transaction", options.assume_in_transaction,
                  "the runner of the named files wraps each in a transaction")
        ->needs(files);
    verb.add_flag("--all", options.all, "judge what was applied, too");
    auto* fix = verb.add_flag("--fix", options.fix,
                              "prove the safer forms on a disposable server, and offer no others");
    verb.add_flag("--write", options.write, "write what is proven into the files")->needs(fix);
    verb.add_flag("--ask-target", options.ask_target,
                  "judge by the target's own schema, and by how many rows its tables have");
    verb.add_flag("--rules", options.rules, "list the rules, and how heavy each is here");
}

}  // namespace tools::varve
