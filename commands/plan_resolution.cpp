#include "commands/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Version;
using migrations::Folder;
using migrations::Migration;
using projections::MigrationState;

namespace {

constexpr std::array<Resolution, 2> of_applied_or_not{Resolution::mark_applied,
                                                      Resolution::mark_unapplied};
constexpr std::array<Resolution, 2> of_changed{Resolution::accept_digest,
                                               Resolution::mark_unapplied};
constexpr std::array<Resolution, 2> of_missing{Resolution::adopt, Resolution::mark_unapplied};
constexpr std::array<Resolution, 1> of_missing_in_part{Resolution::mark_unapplied};
constexpr std::array<Resolution, 1> of_chain{Resolution::mark_applied};
constexpr std::array<Resolution, 2> of_late{Resolution::adopt, Resolution::mark_applied};

std::span<const Resolution> fitting(const Difference& difference) {
    if (difference.is_in_part) return of_missing_in_part;
    if (difference.is_in_chain) return of_chain;
    switch (difference.kind) {
        case DifferenceKind::changed:
            return of_changed;
        case DifferenceKind::missing:
        case DifferenceKind::ahead:
        case DifferenceKind::cloned:
            return of_missing;
        case DifferenceKind::out_of_order:
            return of_late;
        case DifferenceKind::behind:
        case DifferenceKind::in_doubt:
        case DifferenceKind::none:
            break;
    }
    return of_applied_or_not;
}

bool fits(const Difference& difference, Resolution resolution) {
    const bool may_be_there =
        difference.renamed_to || difference.is_undone || difference.stays_half;
    if (may_be_there && resolution == Resolution::mark_applied) return true;
    const auto all = fitting(difference);
    return std::find(all.begin(), all.end(), resolution) != all.end();
}

// Decided one by one it may be what is meant; of all at once, it would run them again.
bool runs_renamed_again(const Difference& difference, Resolution resolution) {
    if (!difference.renamed_to) return false;
    return resolution == Resolution::adopt || resolution == Resolution::mark_unapplied ||
           (resolution == Resolution::accept_digest && difference.is_in_chain);
}

std::string flag(Resolution resolution) {
    switch (resolution) {
        case Resolution::mark_applied:
            return "--mark-applied";
        case Resolution::mark_unapplied:
            return "--mark-unapplied";
        case Resolution::accept_digest:
            return "--accept-digest";
        case Resolution::adopt:
            break;
    }
    return "--adopt";
}

ledger::Error unfit(const Difference& difference, Resolution resolution) {
    const auto all = fitting(difference);
    return {Code::refused, "resolution-unfit",
            flag(resolution) + " decides nothing here: " + difference.detail,
            "give " + flag(all.front()) + (all.size() > 1 ? " or " + flag(all.back()) : "") +
                "; varve resolve --help tells what each means"};
}

// Where each began that stands, among the markers. One that was written again says of when nothing.
std::map<Version, std::size_t> marker_places(const std::vector<Marker>& markers) {
    std::map<Version, std::size_t> places;
    for (std::size_t index = 0; index < markers.size(); ++index) {
        const Marker& marker = markers[index];
        if (marker.statements_done != marker.statements_total) continue;
        if (marker.direction == ledger::Direction::down)
            places.erase(marker.version);
        else if (marker.version.text.starts_with("R__"))
            places[marker.version] = index;
        else
            places.emplace(marker.version, index);
    }
    return places;
}

// A decision counts as applied after those before it: what markers say in their order, and then
// what is in the folder in its order; of what was renamed, the old version beside the new one.
void put_in_order(std::vector<Decision>& decisions, const std::vector<Marker>& markers,
                  const Folder& folder) {
    const auto by_marker = marker_places(markers);
    std::map<Version, std::size_t> by_folder;
    for (const Migration& migration : folder.migrations)
        by_folder.emplace(migration.version, by_folder.size());
    const auto place = [&](const Decision& decision) {
        const DifferenceKind kind = decision.difference.kind;
        const bool is_marked = kind == DifferenceKind::ahead || kind == DifferenceKind::cloned;
        const auto& places = is_marked ? by_marker : by_folder;
        const Difference& difference = decision.difference;
        if (difference.is_in_chain) return std::pair{true, std::string::npos};
        const auto found = places.find(difference.renamed_to.value_or(difference.version));
        return std::pair{!is_marked, found == places.end() ? std::string::npos : found->second};
    };
    std::stable_sort(
        decisions.begin(), decisions.end(),
        [&](const Decision& one, const Decision& other) { return place(one) < place(other); });
}

// Everything that resolve needs to know of one target and its folder.
class Planner {
public:
    Planner(const Standing& standing, const Folder& folder, const ResolveOptions& options)
        : standing_{standing}, folder_{folder}, options_{options} {
        for (const Marker& marker : standing.markers) markers_[marker.version] = &marker;
        // What the target itself shows weighs more than what a file does.
        found_ = target_differences(standing);
        auto files = file_differences(standing.state, folder);
        std::move(files.begin(), files.end(), std::back_inserter(found_));
    }

    Result<std::vector<Decision>> all() const {
        std::vector<Decision> decisions;
        for (const Difference& difference : found_)
            if (concerns(difference) && runs_renamed_again(difference, options_.resolution))
                return fail(Code::refused, "resolution-unfit",
                            "--all decides nothing here: " + difference.detail, difference.help);
        bool is_any = false;
        for (const Difference& difference : found_) {
            if (!concerns(difference) || !may_decide(difference)) continue;
            decide(difference, decisions);
            is_any = true;
        }
        if (is_any) return decisions;
        return fail(Code::refused, "nothing-to-resolve",
                    "there is no difference that " + flag(options_.resolution) + " could decide",
                    "varve dry-run shows the differences there are");
    }

    Result<void> one(const Version& version, std::vector<Decision>& decisions) const {
        for (const Difference& difference : found_) {
            if (difference.version != version || !concerns(difference)) continue;
            if (!may_decide(difference)) continue;
            decide(difference, decisions);
            return {};
        }
        for (const Difference& difference : found_)
            if (difference.version == version && concerns(difference))
                return fail(unfit(difference, options_.resolution));
        return without_difference(version, decisions);
    }

private:
    [[nodiscard]] bool concerns(const Difference& difference) const {
        return !options_.kind || *options_.kind == difference.kind;
    }

    [[nodiscard]] const Migration* file_of(const Version& version) const {
        for (const Migration& migration : folder_.migrations)
            if (migration.version == version) return &migration;
        return nullptr;
    }

    [[nodiscard]] bool is_half_undone(const Version& version) const {
        const MigrationState* state = standing_.state.find(version);
        return state != nullptr && state->applied && state->resumption &&
               state->resumption->is_half_undone();
    }

    Result<void> without_difference(const Version& version,
                                    std::vector<Decision>& decisions) const {
        const MigrationState* state = standing_.state.find(version);
        const Migration* file = file_of(version);
        if (state == nullptr && file == nullptr)
            return fail(Code::refused, "version-unknown",
                        "there is no migration \"" + version.text + "\"",
                        "varve status lists the versions");
        const bool applied = state != nullptr && state->applied;
        const bool begun = state != nullptr && (state->applied || state->resumption);
        const bool is_begun_anew = applied && state->resumption &&
                                   state->resumption->direction == ledger::Direction::up &&
                                   state->resumption->has_effect();
        const bool may_be_applied =
            is_half_undone(version) || ((!applied || is_begun_anew) && file != nullptr);
        const bool says_applied = options_.resolution == Resolution::mark_applied && may_be_applied;
        const bool says_unapplied = options_.resolution == Resolution::mark_unapplied && begun;
        if (!options_.kind && (says_applied || says_unapplied)) {
            decide({DifferenceKind::none, version,
                    "\"" + version.text + "\" " +
                        (!says_applied             ? "was undone outside"
                         : is_half_undone(version) ? "is whole again"
                                                   : "was applied outside")},
                   decisions);
            return {};
        }
        return fail(Code::refused, "nothing-to-resolve",
                    "\"" + version.text + "\" is " +
                        std::string{to_text(state == nullptr ? projections::State::pending
                                                             : state->state)} +
                        ", and nothing about it is to be decided with " + flag(options_.resolution),
                    "varve status shows where it stands, varve dry-run the differences");
    }

    // What the newest marker of that version says; nothing: it says that it is not applied.
    [[nodiscard]] std::optional<ledger::Digest> marked(const Version& version) const {
        const auto found = markers_.find(version);
        if (found == markers_.end()) return std::nullopt;
        const Marker& marker = *found->second;
        const bool stands = marker.direction == ledger::Direction::up &&
                            marker.statements_done == marker.statements_total;
        return stands ? std::optional{marker.digest} : std::nullopt;
    }

    [[nodiscard]] std::optional<ledger::Digest> digest_after(const Difference& difference,
                                                             Resolution resolution) const {
        const Migration* file = file_of(difference.version);
        const MigrationState* state = standing_.state.find(difference.version);
        if (resolution == Resolution::mark_unapplied) return std::nullopt;
        if (difference.kind == DifferenceKind::ahead || difference.kind == DifferenceKind::cloned)
            return marked(difference.version);
        if (resolution == Resolution::adopt)
            return state != nullptr && state->applied ? std::optional{state->applied->digest}
                                                      : std::nullopt;
        const bool is_whole_again =
            resolution == Resolution::mark_applied && is_half_undone(difference.version);
        if (state != nullptr && state->applied &&
            (difference.kind == DifferenceKind::behind || is_whole_again))
            return state->applied->digest;
        return file == nullptr ? std::nullopt : std::optional{file->up.digest};
    }

    // Each version once. Of one that was renamed, what is applied has another version; what is half
    // done stays so, whichever database the target is; and what is there, whatever its marker says,
    // has lost its marker.
    void decide(const Difference& difference, std::vector<Decision>& decisions) const {
        if (difference.stays_half && options_.resolution == Resolution::adopt) return;
        if (options_.resolution == Resolution::accept_digest) {
            Difference meant = difference;
            meant.kind = DifferenceKind::changed;
            return add(meant, options_.resolution, decisions);
        }
        if (options_.resolution != Resolution::mark_applied)
            return add(difference, options_.resolution, decisions);
        if (difference.is_in_chain) return decide_chain(difference, decisions);
        if (!difference.renamed_to) {
            Difference meant = difference;
            if (difference.is_undone || difference.stays_half) meant.kind = DifferenceKind::behind;
            return add(meant, options_.resolution, decisions);
        }
        const Version& now = *difference.renamed_to;
        add(now_applied(now, difference), Resolution::mark_applied, decisions);
        add(difference, Resolution::mark_unapplied, decisions);
    }

    // Whose text has moved on, and whose file has that of no other one: that may be meant so.
    [[nodiscard]] bool may_decide(const Difference& difference) const {
        return fits(difference, options_.resolution) ||
               (difference.is_in_chain && options_.resolution == Resolution::accept_digest &&
                file_of(difference.version) != nullptr &&
                renamed_to(difference.version) == nullptr);
    }

    [[nodiscard]] const Difference* renamed(const Version& version) const {
        const auto found = std::find_if(found_.begin(), found_.end(), [&](const auto& each) {
            return each.renamed_to && each.version == version;
        });
        return found == found_.end() ? nullptr : &*found;
    }

    [[nodiscard]] const Difference* renamed_to(const Version& version) const {
        const auto found = std::find_if(found_.begin(), found_.end(), [&](const auto& each) {
            return each.renamed_to == version;
        });
        return found == found_.end() ? nullptr : &*found;
    }

    // 1 to 2, 2 to 3, 3 to 4: one of them alone would make the next one's text that of none. From
    // the end of the chain each is said to be applied as what it is now, and then not to be what it
    // was: so each gives its place to the next before that takes it, and each text counts as
    // applied at least once throughout.
    void decide_chain(const Difference& one, std::vector<Decision>& decisions) const {
        const auto is_decided = [&](const Decision& each) {
            return each.difference.version == one.version;
        };
        if (std::any_of(decisions.begin(), decisions.end(), is_decided)) return;
        const Difference* last = &one;
        while (const Difference* next = renamed(*last->renamed_to)) last = next;
        for (const Difference* each = last; each != nullptr; each = renamed_to(each->version)) {
            Decision decision =
                decide(now_applied(*each->renamed_to, *each), Resolution::mark_applied);
            decision.difference.is_in_chain = true;
            decision.previous_digest.reset();
            decisions.push_back(std::move(decision));
            decisions.push_back(decide(*each, Resolution::mark_unapplied));
        }
    }

    static Difference now_applied(const Version& now, const Difference& before) {
        return {DifferenceKind::none, now,
                "\"" + now.text + "\" is what was applied as \"" + before.version.text +
                    (before.applied ? "\": it has the same text" : "\", without a file")};
    }

    void add(const Difference& difference, Resolution resolution,
             std::vector<Decision>& decisions) const {
        const auto is_same = [&](const Decision& each) {
            return each.difference.version == difference.version;
        };
        if (std::none_of(decisions.begin(), decisions.end(), is_same))
            decisions.push_back(decide(difference, resolution));
    }

    [[nodiscard]] Decision decide(const Difference& difference, Resolution resolution) const {
        Decision decision{
            difference, resolution, {}, std::nullopt, digest_after(difference, resolution)};
        const Migration* file = file_of(difference.version);
        const MigrationState* state = standing_.state.find(difference.version);
        const auto marker = markers_.find(difference.version);
        if (file != nullptr)
            decision.name = file->name;
        else if (state != nullptr)
            decision.name = state->name;
        else if (marker != markers_.end())
            decision.name = marker->second->name;
        if (state != nullptr && state->applied) decision.previous_digest = state->applied->digest;
        return decision;
    }

    const Standing& standing_;
    const Folder& folder_;
    const ResolveOptions& options_;
    std::map<Version, const Marker*> markers_;  // the newest of each
    std::vector<Difference> found_;
};

}  // namespace

Result<std::vector<Decision>> plan_resolution(const Standing& standing, const Folder& folder,
                                              const ResolveOptions& options) {
    const Planner planner{standing, folder, options};
    std::vector<Decision> decisions;
    if (options.versions.empty()) {
        auto all = planner.all();
        if (!all) return all;
        decisions = std::move(*all);
    }
    for (const Version& version : options.versions) {
        if (auto decided = planner.one(version, decisions); !decided) return fail(decided.error());
    }
    put_in_order(decisions, standing.markers, folder);
    return decisions;
}

}  // namespace commands
