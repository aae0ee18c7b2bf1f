#include "commands/database_identity.hpp"
#include "commands/reconcile.hpp"
#include "ledger/clean.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace commands {

using ledger::Version;
using projections::MigrationState;
using projections::TargetState;

namespace {

constexpr std::size_t applied_by_bytes_max = 128;

std::map<Version, const Marker*> newest_markers(const std::vector<Marker>& markers) {
    std::map<Version, const Marker*> newest;
    for (const Marker& marker : markers)  // oldest first, so mostly in the order of versions
        newest.insert_or_assign(newest.end(), marker.version, &marker);
    return newest;
}

bool is_whole(const Marker& marker) { return marker.statements_done == marker.statements_total; }

bool stands(const Marker* marker) {
    return marker != nullptr && marker->direction == ledger::Direction::up && is_whole(*marker);
}

bool tells_undone(const Marker* marker) {
    return marker != nullptr && marker->direction == ledger::Direction::down && is_whole(*marker);
}

Difference own_of_another_target(const Marker& marker) {
    return {DifferenceKind::cloned, marker.version,
            "the marker of \"" + marker.version.text + "\" was written here for target \"" +
                marker.target + "\": this is that target's own database, or a physical copy of " +
                "it (pg_basebackup, a snapshot), which has the same identity",
            "is the URL right? where it is a physical copy that is to be this target, or this one "
            "was renamed: varve resolve --all --kind cloned --adopt --reason ...; of one database, "
            "the other can then not be run on it any more; where the two share it, give this one "
            "a marker_schema of its own"};
}

Difference copied(const Standing& standing, const Marker& marker) {
    const std::string whose = marker.target == standing.target.target.name
                                  ? "another database that \"" + marker.target + "\" stood for"
                                  : "target \"" + marker.target + "\"";
    return {DifferenceKind::cloned, marker.version,
            "the marker of \"" + marker.version.text + "\" was written for " + whose +
                ": this database is a copy of it"};
}

std::optional<Difference> cloned(const Standing& standing, const Marker& marker) {
    const bool ours = marker.target == standing.target.target.name &&
                      !is_another(standing.facts, marker.system_identifier, marker.database_oid);
    // Which database a target is, the ledger says; this one may have been it before.
    if (ours && stands_for_another(standing.state, standing.facts))
        return Difference{DifferenceKind::cloned, marker.version,
                          "\"" + standing.target.target.name + "\"" +
                              std::string{stands_elsewhere} +
                              "of which this one is the original or a copy: the marker of \"" +
                              marker.version.text + "\" says nothing here"};
    if (ours) return std::nullopt;
    if (!is_another(standing.facts, marker.system_identifier, marker.database_oid))
        return own_of_another_target(marker);
    return copied(standing, marker);
}

constexpr const char* takes_over_or_not =
    "take it over as applied: varve resolve VERSION --adopt --reason ...; or, where it is not "
    "there: varve resolve VERSION --mark-unapplied --reason ...";

// Part of what DifferenceResolved events say, and RestoredTarget reads: these words stay.
constexpr std::string_view restored_from_before =
    ", but the target's newest marker says that it is applied: was the target restored from before "
    "that ";

Difference undone_in_ledger_alone(const Marker& marker) {
    return {DifferenceKind::ahead, marker.version,
            "the ledger says that \"" + marker.version.text + "\" was undone" +
                std::string{restored_from_before} + "rollback?",
            takes_over_or_not};
}

Difference decided_in_ledger_alone(const Marker& marker) {
    return {DifferenceKind::ahead, marker.version,
            "the ledger says by a decision that \"" + marker.version.text +
                "\" does not count as applied" + std::string{restored_from_before} + "decision?",
            "say it again: varve resolve VERSION --mark-unapplied --reason ...; or take the "
            "decision back, where it is to count as applied: varve resolve VERSION --adopt "
            "--reason ..."};
}

Difference by_another_ledger(const Marker& marker) {
    const std::string writer = "another ledger (" + ledger::to_text(marker.ledger) + ")";
    return {DifferenceKind::ahead, marker.version,
            tells_undone(&marker)
                ? writer + " has undone \"" + marker.version.text + "\""
                : "the marker of \"" + marker.version.text + "\" was written by " + writer};
}

Difference by_another_copy(const Marker& marker) {
    return {
        DifferenceKind::ahead, marker.version,
        "the target has \"" + marker.version.text +
            "\", but this ledger never recorded its success: another copy of it did, or this one "
            "was put back to before that (by " +
            ledger::clean(marker.applied_by, applied_by_bytes_max) + ", when it had " +
            std::to_string(marker.ledger_size) + " events)",
        "use the copy of this ledger that has it, and that one alone (docs/runbook.md, \"Two "
        "copies of one "
        "ledger\"); or, where that one is lost or given up, take over what it has applied: "
        "varve resolve --all --kind ahead --adopt --reason ..."};
}

// What a marker undoes counts as applied in this ledger: which of the two is true, a person says.
void contradict(const Standing& standing, const Marker& marker, Difference& difference) {
    if (!tells_undone(&marker) || standing.state.application_of(marker.version) == nullptr) return;
    difference.is_undone = true;
    difference.detail +=
        difference.kind == DifferenceKind::ahead
            ? ", which this ledger has as applied"
            : ", and says that it was undone, which the ledger has as applied here";
    difference.help =
        "take over that it is undone, and the next run applies it again while its file is there: "
        "varve resolve VERSION --adopt --reason ...; or, where it is there all the same: varve "
        "resolve VERSION --mark-applied --reason ...";
}

std::optional<Difference> ahead(const Standing& standing, const Marker& marker) {
    if (marker.ledger != standing.ledger) return by_another_ledger(marker);
    if (!stands(&marker) || standing.state.application_of(marker.version) != nullptr)
        return std::nullopt;
    if (const MigrationState* known = standing.state.find(marker.version); known != nullptr) {
        if (known->former && known->former->was_ended_by_decision)
            return decided_in_ledger_alone(marker);
        if (known->former || known->state == projections::State::rolled_back)
            return undone_in_ledger_alone(marker);
    }
    return by_another_copy(marker);
}

bool is_half(const Marker& marker) {
    return marker.statements_done > 0 && marker.statements_done < marker.statements_total;
}

// None of its statements is done, and the first one is by half, as the ledger knows.
bool is_begun(const Standing& standing, const Marker& marker) {
    const MigrationState* known = standing.state.find(marker.version);
    return marker.statements_done == 0 && marker.statements_total > 0 && known != nullptr &&
           known->resumption && known->resumption->statements_done == 0 &&
           known->resumption->has_effect() && known->resumption->direction == marker.direction;
}

// Half of a script. Where this ledger cannot go on with it, it is not for adopting: whether the
// statements that are done are run again, a person has to say. One that was moved with its database
// goes on where the ledger knows of the move.
std::optional<Difference> half_done(const Standing& standing, const Marker& marker) {
    const MigrationState* known = standing.state.find(marker.version);
    const bool is_of_target =
        marker.ledger == standing.ledger && marker.target == standing.target.target.name;
    const std::string done = std::to_string(marker.statements_done) + " of " +
                             std::to_string(marker.statements_total) + " statements of \"" +
                             marker.version.text + "\" are " +
                             (marker.direction == ledger::Direction::up ? "applied" : "undone");
    if (is_of_target && known != nullptr && known->resumption) {
        if (!stands_for_another(standing.state, standing.facts)) return std::nullopt;
        Difference difference = copied(standing, marker);
        difference.detail += ", where " + done;
        difference.stays_half = true;
        return difference;
    }
    Difference difference{DifferenceKind::behind, marker.version,
                          "the target's marker says that " + done +
                              ", and this ledger began nothing there that it could go on with"};
    if (is_of_target && known != nullptr && (known->applied || known->former))
        difference.detail = "the ledger says that \"" + marker.version.text + "\" " +
                            (known->applied ? "is applied" : "was undone") +
                            ", all of it, but the target's newest marker says that " + done +
                            ": was the target, or this ledger, restored from the middle of it?";
    difference.help =
        "look what is there of it, and finish it or undo it by hand; then say so: "
        "varve resolve " +
        marker.version.text +
        " --mark-applied (finished) or --mark-unapplied (undone, all of it: it is "
        "run again from its first statement) --reason ...";
    return difference;
}

// Part of what DifferenceResolved events say, and a replay reads: these words stay.
constexpr std::string_view of_another_text =
    ", but the target's marker is of another text of it (content:";

constexpr const char* undone_on_target_alone =
    "is it the right database? where this ledger was restored from before that rollback, say that "
    "it is undone: varve resolve VERSION --mark-unapplied --reason ... (the next run applies it "
    "again while its file is there); where it is there all the same: varve resolve VERSION "
    "--mark-applied --reason ...";

// A target restored from before a correction has the marker of the text that was corrected.
std::optional<Difference> behind(const Version& version, const MigrationState& known,
                                 const Marker* marker) {
    const std::string applied = "the ledger says that \"" + version.text + "\" is applied";
    if (tells_undone(marker))
        return Difference{DifferenceKind::behind, version,
                          applied + ", but the target's newest marker says that it was undone",
                          undone_on_target_alone};
    if (!stands(marker))
        return Difference{DifferenceKind::behind, version,
                          applied + ", but the target has no marker of it"};
    const ledger::Digest none{};
    const ledger::Digest& digest = known.applied->digest;
    if (marker->digest == digest || marker->digest == none || digest == none) return std::nullopt;
    return Difference{DifferenceKind::behind, version,
                      applied + " as content:" + ledger::hex(digest) +
                          std::string{of_another_text} + ledger::hex(marker->digest) + ")"};
}

// What the newest marker of a version says that the ledger does not.
std::optional<Difference> of_marker(const Standing& standing, const Marker& marker) {
    if (is_half(marker) || is_begun(standing, marker)) return half_done(standing, marker);
    std::optional<Difference> difference;
    if (marker.ledger == standing.ledger) difference = cloned(standing, marker);
    if (!difference) difference = ahead(standing, marker);
    if (difference) contradict(standing, marker, *difference);
    return difference;
}

// What stopped half-way goes on after the statements that are done, so the target must have them.
std::optional<Difference> behind_in_part(const Version& version,
                                         const projections::Resumption& stopped,
                                         const Marker* marker) {
    if (stopped.statements_done == 0) return std::nullopt;
    const bool same_way = marker != nullptr && marker->direction == stopped.direction;
    const std::uint32_t marked = same_way ? marker->statements_done : 0;
    if (marked == stopped.statements_done) return std::nullopt;
    const bool up = stopped.direction == ledger::Direction::up;
    return Difference{DifferenceKind::behind, version,
                      "the ledger says that " + std::to_string(stopped.statements_done) + " of " +
                          std::to_string(stopped.statement_count) + " statements of \"" +
                          version.text + "\" are " + (up ? "applied" : "undone") +
                          ", but the target's markers say " +
                          (marked == 0 ? "none" : std::to_string(marked))};
}

// Part of what DifferenceResolved events say, and RecordedWitnesses reads: these words stay.
constexpr std::string_view none_in_schema = "no marker at all is in schema ";

// A wrong URL looks like a target that has lost its markers, and so does another schema.
std::string why_all_are_gone(const Standing& standing) {
    const std::string& schema = standing.target.marker_schema;
    auto change = describe_change(standing.state, standing.facts, schema);
    if (change.empty() && standing.markers.empty())
        return std::string{none_in_schema} + "\"" + schema + "\"";
    return change;
}

void name_other_database(const Standing& standing, std::vector<Difference>& found) {
    const std::string why = why_all_are_gone(standing);
    if (why.empty()) return;
    for (Difference& difference : found) {
        if (difference.kind != DifferenceKind::behind) continue;
        difference.detail += " (" + why + ")";
        break;
    }
    const auto& known = standing.state.database;
    const bool is_the_schema = known && !stands_for_another(standing.state, standing.facts) &&
                               known->marker_schema != standing.target.marker_schema;
    for (Difference& difference : found)
        if (is_the_schema && difference.kind == DifferenceKind::behind && difference.help.empty())
            difference.help = "put marker_schema back to \"" + known->marker_schema +
                              "\", where its markers are; where they are gone for good, look "
                              "whether it is there, all of it, and say so: varve resolve VERSION "
                              "--mark-applied (or --mark-unapplied, to run it again) --reason ...";
}

}  // namespace

bool tells_that_all_are_gone(const std::string& detail) {
    for (const std::string_view why : {none_in_schema, in_another_schema})
        if (detail.find(" (" + std::string{why} + "\"") != detail.npos) return true;
    return false;
}

bool tells_of_an_older_state(const std::string& detail) {
    return detail.find(restored_from_before) != detail.npos;
}

std::optional<ledger::Digest> text_of_marker(const std::string& detail) {
    constexpr std::size_t hex_digits = 64;
    const auto found = detail.find(of_another_text);
    if (found == detail.npos) return std::nullopt;
    return ledger::digest_from_hex(detail.substr(found + of_another_text.size(), hex_digits));
}

std::vector<Difference> target_differences(const Standing& standing) {
    std::vector<Difference> found;
    const auto newest = newest_markers(standing.markers);
    for (const auto& [version, marker] : newest)
        if (auto difference = of_marker(standing, *marker)) found.push_back(std::move(*difference));
    const auto marker_of = [&](const Version& version) {
        const auto marker = newest.find(version);
        return marker == newest.end() ? nullptr : marker->second;
    };
    std::set<Version> told;  // that what its marker says is not what the ledger says
    for (const Difference& difference : found)
        if (difference.is_undone || difference.kind == DifferenceKind::behind)
            told.insert(difference.version);
    for (const Version& version : standing.state.applied_order) {
        const MigrationState* known = standing.state.find(version);
        if (known == nullptr || !known->applied || known->resumption || known->owed) continue;
        if (told.contains(version)) continue;
        if (auto difference = behind(version, *known, marker_of(version)))
            found.push_back(std::move(*difference));
    }
    for (const auto& [version, known] : standing.state.migrations) {
        if (!known.resumption || known.owed) continue;
        if (auto difference = behind_in_part(version, *known.resumption, marker_of(version)))
            found.push_back(std::move(*difference));
    }
    name_other_database(standing, found);
    return found;
}

}  // namespace commands
