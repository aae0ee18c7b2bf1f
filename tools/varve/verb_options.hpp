// tools/varve/verb_options.hpp: every verb's options, and how a verb is added to the command line.
//
// Include in .cpp files alone: CLI11 is heavy.
#pragma once

#include "tools/varve/verbs.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace tools::varve {

using Action = std::function<VerbResult(const Invocation&, const Console&)>;

// Every verb's options live here, so that CLI11 may keep references to them.
struct Words {
    std::set<std::string_view> given;  // the command line's; verbs not among them are only named
    Invocation invocation;
    std::string format{"text"};
    InitOptions init;
    NewOptions new_migration;
    ValidateOptions validate;
    RunVerbOptions run;
    DryRunVerbOptions dry_run;
    RollbackVerbOptions rollback;
    StatusOptions status;
    HistoryOptions history;
    ShowOptions show;
    ReplayOptions replay;
    RedactOptions redact;
    ReviewOptions review;
    ResolveVerbOptions resolve;
    BaselineOptions baseline;
    ProveOptions prove;
    VerifyOptions verify;
    CheckpointOptions checkpoint;
    KeysOptions keys;
    LedgerBackupOptions ledger_backup;
    LedgerRestoreOptions ledger_restore;
    LedgerFollowOptions ledger_follow;
    ExportEvidenceOptions export_evidence;
    ExportHistoryOptions export_history;
    Action action;
    std::string action_word;  // of a verb that takes one, "rotate": a part of what it is called
};

CLI::App& add_verb(CLI::App& app, Words& words, const std::string& name, const std::string& what,
                   const std::string& example, Action action);

// What is wrong with the value of an option that takes a number: one below zero, or too large a
// one, would be read as some other number.
[[nodiscard]] std::string is_whole(const std::string& word);
// The same of one that 32 bits hold.
[[nodiscard]] std::string is_count(const std::string& word);

// Of the verbs that were given: an empty value is most often a variable that is not set, and some
// options would take it for none.
void refuse_empty_values(CLI::App& app, const Words& words);

// For a verb that has a --format of its own.
void drop_common_format(CLI::App& verb);

// --lock-wait and its kin, of verbs that write to a target.
void add_locks(CLI::App& verb, Words& words);

// --shadow-from, of verbs that rehearse what is pending.
CLI::Option* add_shadow_from(CLI::App& verb, std::string& from);

// --statement-timeout, of those verbs.
void add_shadow_timeout(CLI::App& verb, std::optional<std::string>& timeout);

void add_validate(CLI::App& app, Words& words);

// replay, redact, review.
void add_reviewing_verbs(CLI::App& app, Words& words);

// ledger backup, ledger restore, ledger follow.
void add_copying_verbs(CLI::App& app, Words& words);

// export evidence, export history.
void add_export_verbs(CLI::App& app, Words& words);

// resolve, baseline.
void add_deciding_verbs(CLI::App& app, Words& words);

// prove, verify.
void add_proving_verbs(CLI::App& app, Words& words);

// checkpoint, keys.
void add_signing_verbs(CLI::App& app, Words& words);

}  // namespace tools::varve
