#include "commands/standing_scripts.hpp"

#include "commands/history_script.hpp"
#include "commands/reconcile.hpp"
#include "commands/squashed_scripts.hpp"
#include "migrations/sql/touched.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace commands {

using ledger::DifferenceResolved;
using ledger::Direction;
using ledger::Record;
using ledger::Version;

namespace {

using Indexes = std::vector<std::size_t>;

bool is_repeatable(const Version& version) { return version.text.starts_with("R__"); }

std::string named(const ReplayedScript& script) {
    return "\"" + script.version.text + "\" at position " + std::to_string(script.position);
}

// Which scripts name what others touch. Of one whose text is not there nobody knows.
class Needs {
public:
    explicit Needs(const std::vector<ReplayedScript>& scripts)
        : scripts_{scripts}, mentions_(scripts.size()) {}

    std::optional<std::vector<migrations::sql::Touched>> touched(const Indexes& indexes) const {
        std::vector<migrations::sql::Touched> all;
        for (const std::size_t index : indexes) {
            const auto script = history_script(scripts_[index]);
            if (!script) return std::nullopt;
            auto some = migrations::sql::touched_by(*script);
            std::move(some.begin(), some.end(), std::back_inserter(all));
        }
        return all;
    }

    bool may_need(std::size_t index,
                  const std::optional<std::vector<migrations::sql::Touched>>& touched) {
        auto& mentions = mentions_[index];
        if (!mentions) {
            const auto script = history_script(scripts_[index]);
            if (!script) return true;
            mentions = migrations::sql::read_mentions(script->text);
        }
        return !touched || std::any_of(touched->begin(), touched->end(), [&](const auto& each) {
            return migrations::sql::find(each, *mentions).has_value();
        });
    }

private:
    const std::vector<ReplayedScript>& scripts_;
    std::vector<std::optional<migrations::sql::Mentions>> mentions_;
};

}  // namespace

void StandingScripts::add(const ReplayedScript& script) {
    standing_[script.version].push_back(scripts_.size());
}

void StandingScripts::mark_applied(const Record& record, const DifferenceResolved& event) {
    auto& standing = standing_[event.version];
    const auto half = std::find_if(standing.begin(), standing.end(), [&](std::size_t index) {
        return scripts_[index].direction == Direction::down;
    });
    if (half == standing.end()) return;
    offer(record, event, {half, standing.end()});
    standing.erase(half, standing.end());
}

void StandingScripts::mark_unapplied(const Record& record, const DifferenceResolved& event) {
    auto& standing = standing_[event.version];
    std::erase_if(decided_,
                  [&](std::size_t index) { return scripts_[index].version == event.version; });
    if (standing.empty() || is_shared(event.version)) return standing.clear();
    if (has_other_version(event)) return;
    const std::size_t kept = older_text(event);
    offer(record, event, {standing.begin() + static_cast<std::ptrdiff_t>(kept), standing.end()});
    standing.resize(kept);
}

bool StandingScripts::is_shared(const Version& version) {
    const Indexes& standing = standing_[version];
    return std::any_of(standing_.begin(), standing_.end(), [&](const auto& each) {
        return each.first != version && each.second == standing;
    });
}

// How many of the scripts it stands on made the older text that the target was said to have.
std::size_t StandingScripts::older_text(const DifferenceResolved& event) {
    const auto& standing = standing_[event.version];
    const auto digest = text_of_marker(event.detail);
    for (std::size_t count = standing.size(); digest && count-- > 1;) {
        const ReplayedScript& script = scripts_[standing[count - 1]];
        if (script.digest == *digest && script.end_statement_index == script.statement_count)
            return count;
    }
    return 0;
}

void StandingScripts::offer(const Record& record, const DifferenceResolved& event,
                            Indexes indexes) {
    ReplayedScript undoing;
    undoing.version = event.version;
    undoing.name = scripts_[indexes.front()].name;
    undoing.direction = event.digest ? Direction::up : Direction::down;
    undoing.digest = scripts_[indexes.front()].digest;
    undoing.source = "decision";
    undoing.position = record.position;
    undoing.recorded_at_us = record.recorded_at_us;
    undoing.actor = record.actor;
    candidates_.push_back({std::move(indexes), scripts_.size(), std::move(undoing), {}, false});
}

bool StandingScripts::is_whole(const Indexes& indexes) const {
    if (indexes.empty()) return false;
    const ReplayedScript& last = scripts_[indexes.back()];
    return last.direction == Direction::up && !is_repeatable(last.version) &&
           last.end_statement_index == last.statement_count;
}

bool StandingScripts::has_other_version(const DifferenceResolved& event) {
    auto& standing = standing_[event.version];
    if (!is_whole(standing)) return false;
    for (auto& [version, others] : standing_) {
        if (version == event.version || others.size() != 1) continue;
        ReplayedScript& other = scripts_[others.front()];
        const ReplayedScript& ran = scripts_[standing.back()];
        if (other.source != "decision" || other.digest != ran.digest) continue;
        other.left_out = "its text is that of " + named(ran) + ", which it has replaced";
        others = std::exchange(standing, {});
        return true;
    }
    return false;
}

// What ran under that version, and stands for another one by now.
bool StandingScripts::stands_elsewhere(ReplayedScript& script) {
    const auto found = std::find_if(standing_.begin(), standing_.end(), [&](const auto& each) {
        return is_whole(each.second) && scripts_[each.second.back()].version == script.version &&
               scripts_[each.second.back()].digest == script.digest;
    });
    if (found == standing_.end()) return false;
    script.left_out = "what ran as " + named(scripts_[found->second.back()]) + " is its text";
    standing_[script.version] = found->second;
    return true;
}

void StandingScripts::match_renamed(ReplayedScript& script) {
    if (stands_elsewhere(script)) return;
    for (auto candidate = candidates_.rbegin(); candidate != candidates_.rend(); ++candidate) {
        if (candidate->is_withdrawn || !is_whole(candidate->indexes) ||
            scripts_[candidate->indexes.back()].digest != script.digest ||
            !standing_[candidate->undoing.version].empty())
            continue;
        script.left_out = "its text is that of " + named(scripts_[candidate->indexes.back()]) +
                          ", which it has replaced";
        candidate->is_withdrawn = true;
        standing_[script.version] = candidate->indexes;
        return;
    }
}

// Of the candidates, by index.
Indexes StandingScripts::marked_unapplied_after(std::size_t decided) const {
    Indexes found;
    for (std::size_t at = 0; at < candidates_.size(); ++at) {
        const Candidate& candidate = candidates_[at];
        if (!candidate.is_withdrawn && is_whole(candidate.indexes) && candidate.end > decided &&
            candidate.indexes.back() < decided)
            found.push_back(at);
    }
    std::sort(found.begin(), found.end(), [&](std::size_t one, std::size_t other) {
        return candidates_[one].indexes < candidates_[other].indexes;
    });
    return found;
}

void StandingScripts::leave_out_squashes() {
    for (const std::size_t decided : decided_) {
        const auto squash = history_script(scripts_[decided]);
        const Indexes undone = marked_unapplied_after(decided);
        if (!squash || undone.empty()) continue;
        std::vector<std::vector<migrations::Script>> scripts;
        for (const std::size_t at : undone) {
            scripts.emplace_back();
            for (const std::size_t index : candidates_[at].indexes)
                if (auto script = history_script(scripts_[index]))
                    scripts.back().push_back(std::move(*script));
        }
        std::string squashed;
        for (const std::size_t place : squashed_into(*squash, scripts)) {
            Candidate& candidate = candidates_[undone[place]];
            candidate.is_withdrawn = true;
            squashed += (squashed.empty() ? "" : ", ") + named(scripts_[candidate.indexes.back()]);
        }
        if (!squashed.empty()) scripts_[decided].left_out = "it stands for what ran as " + squashed;
    }
}

// A repeatable's effect is there again, or was undone by what is there.
bool StandingScripts::is_made_again(const Candidate& candidate) const {
    if (!is_repeatable(candidate.undoing.version)) return false;
    for (std::size_t index = candidate.indexes.back() + 1; index < scripts_.size(); ++index) {
        const ReplayedScript& script = scripts_[index];
        const bool has_dropped = index < candidate.end && script.direction == Direction::down;
        const bool is_again = index >= candidate.end && script.direction == Direction::up &&
                              script.version == candidate.undoing.version;
        if (has_dropped || is_again) return true;
    }
    return false;
}

// What stays may need something else that was to be left out, which then stays as well.
void StandingScripts::keep_what_is_needed() {
    Needs needs{scripts_};
    std::vector<bool> is_out(scripts_.size());
    const auto set_out = [&](const Indexes& indexes, bool out) {
        for (const std::size_t index : indexes) is_out[index] = out;
    };
    for (std::size_t index = 0; index < scripts_.size(); ++index)
        is_out[index] = scripts_[index].left_out.has_value();
    std::erase_if(candidates_, [](const Candidate& each) { return each.is_withdrawn; });
    for (const Candidate& candidate : candidates_) set_out(candidate.indexes, true);
    std::vector<std::optional<std::vector<migrations::sql::Touched>>> touched;
    for (const Candidate& candidate : candidates_)
        touched.push_back(needs.touched(candidate.indexes));
    for (bool has_changed = true; has_changed;) {
        has_changed = false;
        // From the newest back, as a need spreads.
        for (std::size_t at = candidates_.size(); at-- > 0;) {
            Candidate& candidate = candidates_[at];
            if (candidate.kept_for) continue;
            for (std::size_t index = candidate.indexes.front(); index < candidate.end; ++index)
                if (!is_out[index] && !candidate.kept_for && needs.may_need(index, touched[at]))
                    candidate.kept_for = index;
            if (!candidate.kept_for) continue;
            set_out(candidate.indexes, false);
            has_changed = true;
        }
    }
}

void StandingScripts::finish() {
    leave_out_squashes();
    keep_what_is_needed();
    std::vector<std::pair<std::size_t, ReplayedScript>> missing;
    for (Candidate& candidate : candidates_) {
        const bool unapplied = candidate.undoing.direction == Direction::down;
        const std::string decision = std::string{"marked as "} +
                                     (unapplied ? "not applied" : "applied") + " by " +
                                     candidate.undoing.actor.id + " (event " +
                                     std::to_string(candidate.undoing.position) + ")";
        if (!candidate.kept_for) {
            for (const std::size_t index : candidate.indexes) scripts_[index].left_out = decision;
        } else if (!is_made_again(candidate)) {
            candidate.undoing.missing =
                decision +
                ": by which SQL it came to that is not known, and what was run before "
                "cannot be left out, since " +
                named(scripts_[*candidate.kept_for]) + " may need it";
            missing.emplace_back(candidate.end, std::move(candidate.undoing));
        }
    }
    for (auto each = missing.rbegin(); each != missing.rend(); ++each)
        scripts_.insert(scripts_.begin() + static_cast<std::ptrdiff_t>(each->first),
                        std::move(each->second));
}

}  // namespace commands
