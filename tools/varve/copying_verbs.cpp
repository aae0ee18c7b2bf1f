#include "tools/varve/verb_options.hpp"

namespace tools::varve {

namespace {

void add_backup(CLI::App& app, Words& words) {
    LedgerBackupOptions& options = words.ledger_backup;
    auto& verb =
        add_verb(app, words, "backup", "copy the ledger, and prove the copy whole",
                 "varve ledger backup /mnt/backup/ledger-2026-11-26",
                 [&](const auto& i, const auto& c) { return ledger_backup(i, c, options); });
    verb.add_option("destination", options.destination, "a folder that is not there yet, or empty")
        ->required();
    verb.add_flag("--no-verify", options.no_verify, "believe the copy without reading it again");
}

void add_restore(CLI::App& app, Words& words) {
    LedgerRestoreOptions& options = words.ledger_restore;
    auto& verb =
        add_verb(app, words, "restore", "make a ledger of a copy, and tell what is lost",
                 "varve ledger restore /mnt/backup/ledger-2026-11-26 --replace",
                 [&](const auto& i, const auto& c) { return ledger_restore(i, c, options); });
    verb.add_option("source", options.source,
                    "the backup, or a follower's folder; none: accept the loss of a ledger that "
                    "is restored already");
    verb.add_option("--to", options.to, "where the ledger is to be (the configured one)");
    verb.add_flag("--replace", options.replace, "move the ledger that is there aside");
    verb.add_flag("--accept-loss", options.accept_loss,
                  "go on although events are lost (needs --reason)");
}

void add_follow(CLI::App& app, Words& words) {
    LedgerFollowOptions& options = words.ledger_follow;
    auto& verb =
        add_verb(app, words, "follow", "keep a read-only copy of another ledger's folder",
                 "varve ledger follow /mnt/production/ledger ~/audit/ledger --interval 1min",
                 [&](const auto& i, const auto& c) { return ledger_follow(i, c, options); });
    verb.add_option("source", options.source, "the ledger's folder, here or mounted")->required();
    verb.add_option("destination", options.destination, "the copy's folder")->required();
    verb.add_flag("--once", options.once, "bring it level, and end");
    verb.add_option("--interval", options.interval, "how often to look (5s)");
}

}  // namespace

void add_copying_verbs(CLI::App& app, Words& words) {
    CLI::App& ledger = *app.add_subcommand("ledger", "copies of the ledger that verify themselves");
    ledger.require_subcommand(1);
    add_backup(ledger, words);
    add_restore(ledger, words);
    add_follow(ledger, words);
}

}  // namespace tools::varve
