#include "tools/varve/verb_options.hpp"

namespace tools::varve {

namespace {

void add_replay(CLI::App& app, Words& words) {
    ReplayOptions& options = words.replay;
    auto& verb = add_verb(app, words, "replay",
                          "fold history again: status then, what has changed, or the SQL",
                          "varve replay --from 2026-11-01 --to 2026-12-01\n"
                          "  varve replay --sql --env production --to 1200 > production.sql",
                          [&](const auto& i, const auto& c) { return replay(i, c, options); });
    const char* when = "a time, a date (both UTC), a number of events, or a checkpoint file (now)";
    verb.add_option("--to,--as-of", options.to, when);
    auto* from = verb.add_option("--from", options.from,
                                 "what has changed from then on: the same; of a date, its first "
                                 "event is the first");
    verb.add_option("--target", options.target, "of this target alone (also: --env)");
    auto* migration = verb.add_option("--migration", options.migration, "of this version alone");
    auto* sql =
        verb.add_flag("--sql", options.sql, "the SQL that made the target what it was, for psql")
            ->excludes(from)
            ->excludes(migration);
    verb.add_flag("--net", options.net, "without what was undone again by its down script")
        ->needs(sql);
}

void add_redact(CLI::App& app, Words& words) {
    auto& verb =
        add_verb(app, words, "redact", "delete content that must be forgotten",
                 "varve redact content:9f86d081884c7d65... --reason \"customer's name\" --yes",
                 [&](const auto& i, const auto& c) { return redact(i, c, words.redact); });
    verb.add_option("content", words.redact.content, "content:<digest>, as events name it")
        ->required();
}

void add_review(CLI::App& app, Words& words) {
    ReviewOptions& options = words.review;
    auto& verb =
        add_verb(app, words, "review", "what has happened since the last review, exceptions first",
                 "varve review --ack --reason \"two failures, both explained\"",
                 [&](const auto& i, const auto& c) { return review(i, c, options); });
    auto* from =
        verb.add_option("--from", options.from,
                        "from then on: a time, a date (both UTC), a number of events that come "
                        "before, or a checkpoint file (the first event never reviewed)");
    auto* to = verb.add_option("--to", options.to, "up to then, a date to its end: the same (now)");
    auto* ack = verb.add_flag("--ack", options.ack, "record that it was examined (needs --reason)");
    verb.add_flag("--list", options.list, "every review, and what was never reviewed")
        ->excludes(from)
        ->excludes(to)
        ->excludes(ack);
}

}  // namespace

void add_reviewing_verbs(CLI::App& app, Words& words) {
    add_replay(app, words);
    add_redact(app, words);
    add_review(app, words);
}

}  // namespace tools::varve
