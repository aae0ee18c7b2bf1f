// tools/varve/verbs.hpp: what the program can be asked to do. One function a verb, one file each.
//
// Errors   an error is for main() to show, with its exit code; a verb that ends otherwise than well
//          without an Error (a migration failed, say) has shown it and answers the code.
#pragma once

#include "ledger/result.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/exit_code.hpp"
#include "tools/varve/invocation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tools::varve {

using VerbResult = ledger::Result<ExitCode>;

struct InitOptions {
    std::optional<std::string> organisation;
};
VerbResult init(const Invocation& invocation, const Console& console, const InitOptions& options);

struct NewOptions {
    std::string name;
};
VerbResult new_migration(const Invocation& invocation, const Console& console,
                         const NewOptions& options);

struct ValidateOptions {
    std::vector<std::string> files;             // all where none is named
    std::optional<std::string> server_version;  // "15", "15.4": judged for it
    std::vector<std::string> history;           // files of SQL that the judged ones come after
    bool assume_in_transaction{};
    bool all{};         // what was applied is judged too
    bool rules{};       // list them
    bool fix{};         // prove the safer forms
    bool write{};       // and write them
    bool ask_target{};  // its schema, and how many rows its tables have
    std::string form;   // text, json, sarif, github
};
VerbResult validate(const Invocation& invocation, const Console& console,
                    const ValidateOptions& options);
// Files by themselves: no configuration, ledger or database is looked for.
VerbResult validate_files(const Invocation& invocation, const Console& console,
                          const ValidateOptions& options);

struct RunVerbOptions {
    bool init{};
    std::optional<std::string> to;
    std::optional<std::uint32_t> count;
    bool out_of_order{};
    bool despite_history{};
    bool strict_transactions{};
    std::string on_failure{"stop"};   // or "rollback"
    std::string transaction{"each"};  // or "all"
};
VerbResult run(const Invocation& invocation, const Console& console, const RunVerbOptions& options);

struct RollbackVerbOptions {
    std::optional<std::string> to;
    std::optional<std::uint32_t> steps;
    std::vector<std::string> only;
    bool despite_dependents{};
    bool strict_transactions{};
};
VerbResult rollback(const Invocation& invocation, const Console& console,
                    const RollbackVerbOptions& options);

struct DryRunVerbOptions {
    bool undoes{};  // what rollback would do, not run; it has the `to` of both
    RunVerbOptions run;
    RollbackVerbOptions rollback;
    bool exit_code{};
    bool no_rehearsal{};
    std::string shadow_from{"ledger"};               // or "target"
    std::optional<std::string> statement_timeout{};  // of a script's statements on the shadow
    bool live{};                                     // who is in the way on the target now
    bool no_target{};                                // it is not asked, whatever its URL is
    std::vector<std::string> files{};    // rehearsed by themselves: no ledger, no target
    std::vector<std::string> history{};  // files that make the schema for them
    bool apart{};                        // each of the files on the history alone
};
VerbResult rehearse_files(const Invocation& invocation, const Console& console,
                          const DryRunVerbOptions& options);
VerbResult dry_run(const Invocation& invocation, const Console& console,
                   const DryRunVerbOptions& options);

VerbResult recover(const Invocation& invocation, const Console& console);

// Of what knows no single target, --env would seem to choose one: refused "usage". STAGE may be
// set.
[[nodiscard]] ledger::Result<void> of_all_targets(const Invocation& invocation,
                                                  const std::string& what);

// What a person decides needs a reason: refused "reason-missing".
[[nodiscard]] ledger::Result<void> reason_given(const Invocation& invocation);

struct ResolveVerbOptions {
    std::vector<std::string> versions;
    bool all{};
    std::optional<std::string> kind;
    bool mark_applied{};
    bool mark_unapplied{};
    bool accept_digest{};
    bool adopt{};
};
VerbResult resolve(const Invocation& invocation, const Console& console,
                   const ResolveVerbOptions& options);

struct BaselineOptions {
    std::string version;
    bool init{};
    bool despite_history{};
};
VerbResult baseline(const Invocation& invocation, const Console& console,
                    const BaselineOptions& options);

struct StatusOptions {
    std::optional<std::string> as_of;
    bool exit_code{};
};
VerbResult status(const Invocation& invocation, const Console& console,
                  const StatusOptions& options);

struct HistoryOptions {
    std::optional<std::string> target;
    std::optional<std::string> migration;
    std::optional<std::string> actor;
    std::optional<std::string> run;
    std::optional<std::string> type;
    std::optional<std::string> since;
    std::optional<std::string> until;
    std::optional<std::string> as_of;
    std::optional<std::uint64_t> limit;
    bool newest_first{};
};
VerbResult history(const Invocation& invocation, const Console& console,
                   const HistoryOptions& options);

struct ShowOptions {
    std::string event;  // position, event id, or "content:<digest>"
    bool content{};
    bool raw{};
};
VerbResult show(const Invocation& invocation, const Console& console, const ShowOptions& options);

struct ReplayOptions {
    std::optional<std::string> from;  // nothing: status then; else what has changed since
    std::optional<std::string> to;    // nothing: now
    std::optional<std::string> target;
    std::optional<std::string> migration;
    bool sql{};
    bool net{};
};
VerbResult replay(const Invocation& invocation, const Console& console,
                  const ReplayOptions& options);

struct ProveOptions {
    std::optional<std::uint64_t> position;
    std::optional<std::uint64_t> checkpoint;  // its size
    std::optional<std::string> output;
    std::vector<std::string> consistency;  // old and new: sizes, or files with checkpoints
    std::optional<std::string> check;
    std::optional<std::string> line;
    std::vector<std::string> keys;
    std::optional<std::string> old;
};
VerbResult prove(const Invocation& invocation, const Console& console, const ProveOptions& options);

struct VerifyOptions {
    bool fast{};
    std::optional<std::string> since;  // a file with a checkpoint that somebody kept
    bool witnesses{};
    bool strict{};
    std::vector<std::string> without;  // witnesses that are gone for good
    bool record{};
};
VerbResult verify(const Invocation& invocation, const Console& console,
                  const VerifyOptions& options);

struct ExportEvidenceOptions {
    std::optional<std::string> migration;
    std::optional<std::string> run;
    std::optional<std::string> from;
    std::optional<std::string> to;
    bool all{};
    bool entries{};
    std::optional<std::string> output;
    bool no_record{};
};
VerbResult export_evidence(const Invocation& invocation, const Console& console,
                           const ExportEvidenceOptions& options);

struct ExportHistoryOptions {
    std::optional<std::string> from;
    std::optional<std::string> to;
    std::string form{"csv"};  // or "jsonl"
};
VerbResult export_history(const Invocation& invocation, const Console& console,
                          const ExportHistoryOptions& options);

struct CheckpointOptions {
    std::optional<std::string> output;  // a file, or "-"
    bool publish_again{};
    std::optional<std::uint64_t> request;    // from this size on
    std::optional<std::string> cosignature;  // a file, or "-"
    std::optional<std::string> verifier;     // of who cosigned
};
VerbResult checkpoint(const Invocation& invocation, const Console& console,
                      const CheckpointOptions& options);

struct KeysOptions {
    std::string action{"list"};  // or "rotate", "retire", "passphrase"
    std::string key;             // its id, for retire
    bool lost{};
    bool remove{};
    std::optional<std::string> new_passphrase;  // "env:NAME" or "file:PATH"
};
VerbResult keys(const Invocation& invocation, const Console& console, const KeysOptions& options);
VerbResult list_keys(const Invocation& invocation, const Console& console);
VerbResult change_passphrase(const Invocation& invocation, const Console& console,
                             const KeysOptions& options);

struct RedactOptions {
    std::string content;  // "content:<digest>"
};
VerbResult redact(const Invocation& invocation, const Console& console,
                  const RedactOptions& options);

struct ReviewOptions {
    std::optional<std::string> from;
    std::optional<std::string> to;
    bool ack{};
    bool list{};
};
VerbResult review(const Invocation& invocation, const Console& console,
                  const ReviewOptions& options);
struct LedgerBackupOptions {
    std::string destination;
    bool no_verify{};
};
VerbResult ledger_backup(const Invocation& invocation, const Console& console,
                         const LedgerBackupOptions& options);

struct LedgerRestoreOptions {
    std::optional<std::string> source;  // none: the loss of a ledger that is in place is accepted
    std::optional<std::string> to;
    bool replace{};
    bool accept_loss{};
};
VerbResult ledger_restore(const Invocation& invocation, const Console& console,
                          const LedgerRestoreOptions& options);

struct LedgerFollowOptions {
    std::string source;
    std::string destination;
    bool once{};
    std::string interval{"5s"};
};
VerbResult ledger_follow(const Invocation& invocation, const Console& console,
                         const LedgerFollowOptions& options);

VerbResult config(const Invocation& invocation, const Console& console);

}  // namespace tools::varve
