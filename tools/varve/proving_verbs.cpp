#include "tools/varve/verb_options.hpp"

namespace tools::varve {

namespace {

void add_prove(CLI::App& app, Words& words) {
    ProveOptions& options = words.prove;
    auto& verb =
        add_verb(app, words, "prove", "prove one event, or the ledger's growth, to somebody else",
                 "varve prove 42 --output 42.tlog-proof",
                 [&](const auto& i, const auto& c) { return prove(i, c, options); });
    verb.add_option("position", options.position, "of the event")->check(is_whole);
    verb.add_option("--checkpoint", options.checkpoint,
                    "in the checkpoint of so many events (the newest)")
        ->check(is_whole);
    verb.add_option("--output", options.output, "where the proof goes: a file, or - for stdout");
    verb.add_option("--consistency", options.consistency,
                    "that what was signed stayed: OLD NEW, sizes or files with checkpoints")
        ->expected(2);
    verb.add_option("--check", options.check, "a proof in a file: does it hold? Needs no ledger");
    verb.add_option("--line", options.line,
                    "with --check: the stored line, where the proof has none");
    verb.add_option("--key", options.keys,
                    "with --check: the verifier key to trust (those of the ledger)")
        ->allow_extra_args(false);
    verb.add_option("--old", options.old,
                    "with --check, of consistency: the checkpoint that was kept");
}

void add_verify(CLI::App& app, Words& words) {
    VerifyOptions& options = words.verify;
    auto& verb = add_verb(app, words, "verify", "prove the ledger whole", "varve verify",
                          [&](const auto& i, const auto& c) { return verify(i, c, options); });
    verb.add_flag("--fast", options.fast, "only what came after the last verified checkpoint");
    verb.add_option("--since", options.since,
                    "--fast from this checkpoint, which was kept: a file");
    verb.add_flag("--witnesses", options.witnesses,
                  "also what the target and the checkpoints' folder have seen");
    verb.add_flag("--strict", options.strict,
                  "with --witnesses: exit 11 where one was not asked or is unreachable, 7 where it "
                  "no longer holds what it took");
    verb.add_option(
            "--without", options.without,
            "with --strict: a witness that took checkpoints, as \"folder /mnt/old\", and is "
            "gone for good")
        ->allow_extra_args(false);
    verb.add_flag("--record", options.record, "keep as an event what was found");
}

}  // namespace

void add_proving_verbs(CLI::App& app, Words& words) {
    add_prove(app, words);
    add_verify(app, words);
}

}  // namespace tools::varve
