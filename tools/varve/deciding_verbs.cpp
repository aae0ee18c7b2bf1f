#include "tools/varve/verb_options.hpp"

namespace tools::varve {

namespace {

void add_resolve(CLI::App& app, Words& words) {
    ResolveVerbOptions& options = words.resolve;
    auto& verb = add_verb(
        app, words, "resolve", "decide on a difference between ledger, target and files",
        "varve resolve 20261122093000 --accept-digest --reason \"a comment was corrected\"",
        [&](const auto& i, const auto& c) { return resolve(i, c, options); });
    verb.add_option("versions", options.versions, "the migrations that are decided on");
    verb.add_flag("--all", options.all, "every difference that the decision fits");
    verb.add_option("--kind", options.kind, "only differences of this kind")
        ->check(CLI::IsMember(
            {"changed", "missing", "out-of-order", "behind", "ahead", "cloned", "in-doubt"}));
    verb.add_flag("--mark-applied", options.mark_applied,
                  "it is there (missing, and renamed: under its new version); of what is in doubt: "
                  "the statement has happened");
    verb.add_flag("--mark-unapplied", options.mark_unapplied,
                  "it is not there; of what is in doubt: the statement has not happened");
    verb.add_flag("--accept-digest", options.accept_digest,
                  "changed: the file as it is now stands for what was applied");
    verb.add_flag("--adopt", options.adopt,
                  "missing: the file stays away; out-of-order: it may come late; ahead, cloned: "
                  "the marker counts, applied or undone; what is half done goes on");
    add_locks(verb, words);
}

void add_baseline(CLI::App& app, Words& words) {
    auto& verb =
        add_verb(app, words, "baseline", "take over a database that is already there",
                 "varve baseline 20261122093000 --reason \"made by hand before\"",
                 [&](const auto& i, const auto& c) { return baseline(i, c, words.baseline); });
    verb.add_option("version", words.baseline.version,
                    "the last migration that is there already; what comes after it is pending")
        ->required();
    verb.add_flag("--init", words.baseline.init, "make the ledger where there is none");
    verb.add_flag("--despite-history", words.baseline.despite_history,
                  "whatever another tool says it has applied");
    add_locks(verb, words);
}

}  // namespace

void add_deciding_verbs(CLI::App& app, Words& words) {
    add_resolve(app, words);
    add_baseline(app, words);
}

}  // namespace tools::varve
