#include "tools/varve/witness_options.hpp"

#include "tools/varve/verbs/witness.hpp"

#include <memory>

namespace tools::varve {

namespace {

using Options = std::shared_ptr<WitnessOptions>;
using Verb = VerbResult (*)(const Invocation&, const Console&, const WitnessOptions&);

CLI::App& add(CLI::App& group, Words& words, const Options& options, const std::string& name,
              const std::string& what, const std::string& example, Verb carry_out) {
    CLI::App& verb =
        add_verb(group, words, name, what, example,
                 [options, carry_out](const Invocation& invocation, const Console& console) {
                     return carry_out(invocation, console, *options);
                 });
    verb.add_option("--folder", options->folder, "the witness's folder (.varve-witness)");
    return verb;
}

}  // namespace

void add_witness(CLI::App& app, Words& words) {
    const auto options = std::make_shared<WitnessOptions>();
    CLI::App& group = *app.add_subcommand("witness", "cosign other people's ledgers");
    group.require_subcommand(1);
    group.footer("varve witness VERB --help tells more.");

    add(group, words, options, "init", "make a witness: a folder with a key of its own",
        "varve witness init --name auditor.example.org/varve", witness_init)
        .add_option("--name", options->name, "under which it cosigns: an address without scheme")
        ->required();

    CLI::App& trust =
        add(group, words, options, "trust", "cosign a ledger from now on",
            "varve witness trust example.com/varve/...+1a2b3c4d+AbC...", witness_trust);
    trust.add_option("verifier", options->verifier, "the ledger's verifier key: `varve keys`")
        ->required();
    trust.add_option("--origin", options->origin,
                     "the ledger's origin, where the key is named "
                     "otherwise");

    add(group, words, options, "distrust", "cosign no more what that key has signed",
        "varve witness distrust example.com/varve/...+1a2b3c4d+AbC...", witness_distrust)
        .add_option("verifier", options->verifier, "the key: `varve witness show` lists them")
        ->required();

    add(group, words, options, "serve", "answer add-checkpoint requests over HTTP",
        "varve witness serve --listen 127.0.0.1:7380", witness_serve)
        .add_option("--listen", options->listen, "address and port (127.0.0.1:7380)");

    add(group, words, options, "cosign", "answer one request from a file, without a network",
        "varve witness cosign request.txt > cosignature.txt", witness_cosign)
        .add_option("request", options->request, "a file, or - for standard input")
        ->required();

    add(group, words, options, "show", "the witness's verifier key, and what it has cosigned",
        "varve witness show", witness_show);
}

}  // namespace tools::varve
