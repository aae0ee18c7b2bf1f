#include "tools/varve/verb_options.hpp"

namespace tools::varve {

namespace {

void add_checkpoint(CLI::App& app, Words& words) {
    CheckpointOptions& options = words.checkpoint;
    auto& verb = add_verb(app, words, "checkpoint",
                          "sign what the ledger has now, and give it to its witnesses",
                          "varve checkpoint --output checkpoint.txt",
                          [&](const auto& i, const auto& c) { return checkpoint(i, c, options); });
    verb.add_option("--output", options.output, "write the signed note there (-: stdout)");
    verb.add_flag("--publish-again", options.publish_again,
                  "give the newest one away once more, where there is nothing new to sign");
    verb.add_option("--request", options.request,
                    "write the request to a witness that has cosigned so many events, to --output")
        ->check(is_whole);
    auto* cosignature = verb.add_option("--cosignature", options.cosignature,
                                        "keep the cosignature in this file (-: stdin)");
    verb.add_option("--verifier", options.verifier, "the key of the witness that made it")
        ->needs(cosignature);
    cosignature->excludes("--request")->excludes("--output")->excludes("--publish-again");
    verb.add_option("--lock-wait", words.invocation.flags.lock_wait,
                    "how long to wait for who writes the ledger (60s)");
}

void add_keys(CLI::App& app, Words& words) {
    KeysOptions& options = words.keys;
    auto& verb = add_verb(app, words, "keys", "the keys that sign the ledger's checkpoints",
                          "varve keys rotate --reason \"yearly\"",
                          [&](const auto& i, const auto& c) { return keys(i, c, options); });
    verb.add_option("action", options.action,
                    "list; rotate: one more key, both sign; retire: KEY signs no more; "
                    "passphrase: encrypt the key files (list)")
        ->check(CLI::IsMember({"list", "rotate", "retire", "passphrase"}))
        ->each([&words](const std::string& word) { words.action_word = word; });
    verb.add_option("key", options.key, "retire: the key's id, as varve keys shows it");
    verb.add_flag("--lost", options.lost, "retire: its private key is not there any more");
    verb.add_option("--new", options.new_passphrase,
                    "passphrase: where the new one is, env:NAME or file:PATH (asked for)");
    verb.add_flag("--remove", options.remove, "passphrase: store the keys without one");
    verb.add_option("--lock-wait", words.invocation.flags.lock_wait,
                    "how long to wait for who writes the ledger (60s)");
}

}  // namespace

void add_signing_verbs(CLI::App& app, Words& words) {
    add_checkpoint(app, words);
    add_keys(app, words);
}

}  // namespace tools::varve
