#include "commands/reconcile.hpp"
#include "ledger/listed.hpp"
#include "ledger/spelling_variants.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace commands {

namespace {

constexpr std::size_t differences_named_max = 5;

std::string help_for(DifferenceKind kind, bool is_text_lost) {
    const std::string text = is_text_lost ? " (the ledger does not have its text)"
                                          : " (varve show content:... has its text)";
    switch (kind) {
        case DifferenceKind::changed:
            return "put the file back as it was" + text +
                   ", and write a new migration for what it should do; where it is to be undone "
                   "and run anew, as one that held no statement yet: varve rollback --only "
                   "VERSION, then varve run; or accept it: varve resolve VERSION --accept-digest "
                   "--reason ...";
        case DifferenceKind::missing:
            return "put the file back" + text +
                   "; or let it stay away: varve resolve VERSION --adopt --reason ...";
        case DifferenceKind::out_of_order:
            return "give the file a newer version, run with --out-of-order, or decide on it: "
                   "varve resolve VERSION --adopt (or --mark-applied) --reason ...; one that was "
                   "rolled back for good: take its files away, the ledger keeps them";
        case DifferenceKind::behind:
            return "is it the right database? then look whether it is there, all of it, and say "
                   "so: varve resolve VERSION --mark-applied (or --mark-unapplied, to run it "
                   "again) --reason ...";
        case DifferenceKind::ahead:
            return "use the ledger that wrote those markers; where it is another project's that "
                   "had the database first, give this one a marker_schema of its own; or take "
                   "them over: varve resolve --all --kind ahead --adopt --reason ...";
        case DifferenceKind::cloned:
            return "if the copy is to be this target from now on: varve resolve --all --kind "
                   "cloned --adopt --reason ...; where logical replication has copied the markers: "
                   "leave their schema out of the publication; otherwise give it an environment "
                   "and a ledger of its own";
        case DifferenceKind::in_doubt:
        case DifferenceKind::none:
            break;
    }
    return "";
}

// What to do about each kind that is among them; what is said of one alone comes once, too.
std::string help_for(const std::vector<const Difference*>& differences) {
    std::vector<std::pair<std::string, std::string>> helps;
    for (const Difference* difference : differences) {
        std::pair help{to_text(difference->kind), help_of(*difference)};
        const auto is_told = [&](const auto& told) { return told.second == help.second; };
        if (!difference->help.empty()) help.first += " \"" + difference->version.text + "\"";
        const bool is_named = !difference->help.empty() && helps.size() >= differences_named_max;
        if (!is_named && std::none_of(helps.begin(), helps.end(), is_told)) helps.push_back(help);
    }
    if (helps.size() == 1) return helps.front().second;
    std::string all;
    for (const auto& [which, help] : helps) all += (all.empty() ? "" : "; ") + which + ": " + help;
    return all;
}

}  // namespace

std::string to_text(DifferenceKind kind) { return ledger::hyphenated(kind); }

std::string help_of(const Difference& difference) {
    return difference.help.empty() ? help_for(difference.kind, difference.is_text_lost)
                                   : difference.help;
}

std::optional<ledger::Error> refusal(const std::vector<Difference>& differences,
                                     bool out_of_order_allowed) {
    std::vector<const Difference*> blocking;
    for (const Difference& difference : differences)
        if (difference.kind != DifferenceKind::out_of_order || !out_of_order_allowed)
            blocking.push_back(&difference);
    if (blocking.empty()) return std::nullopt;
    // Integrity weighs more than order: it decides the reason, and so the exit code.
    std::stable_partition(blocking.begin(), blocking.end(), [](const Difference* difference) {
        return difference->kind != DifferenceKind::out_of_order;
    });
    std::vector<std::string> details;
    for (const Difference* difference : blocking) details.push_back(difference->detail);

    const DifferenceKind kind = blocking.front()->kind;
    const bool order = kind == DifferenceKind::out_of_order;
    return ledger::Error{ledger::Code::refused,
                         order ? "out-of-order" : "difference-" + to_text(kind),
                         ledger::listed(details, differences_named_max, "; "), help_for(blocking)};
}

}  // namespace commands
