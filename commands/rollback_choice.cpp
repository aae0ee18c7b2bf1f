#include "commands/rollback_choice.hpp"

#include "commands/find_version.hpp"
#include "commands/progress_made.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::MigrationKind;
using ledger::Result;
using ledger::Version;
using migrations::Folder;
using projections::Resumption;
using projections::TargetState;

namespace {

// One that was taken over without its file was never registered: its name alone tells its kind.
MigrationKind kind_of(const Known& known, const Version& version) {
    const auto found = known.registered.find(version);
    if (found != known.registered.end()) return found->second.kind;
    return version.text.starts_with("R__") ? MigrationKind::repeatable : MigrationKind::versioned;
}

std::string_view text_of(MigrationKind kind) {
    return kind == MigrationKind::repeatable ? "repeatable" : "baseline";
}

std::map<Version, std::size_t> places(const Folder& folder) {
    std::map<Version, std::size_t> found;
    for (std::size_t index = 0; index < folder.migrations.size(); ++index)
        found[folder.migrations[index].version] = index;
    return found;
}

Result<void> refuse_unfinished_rollback(const TargetState& state,
                                        const std::vector<Version>& chosen) {
    for (const auto& [version, migration] : state.migrations)
        if (migration.resumption && migration.resumption->is_half_undone() &&
            std::find(chosen.begin(), chosen.end(), version) == chosen.end())
            return fail(Code::refused, "rollback-unfinished",
                        "the rollback of \"" + version.text + "\" stopped after " +
                            progress_made(*migration.resumption),
                        how_to_finish(version));
    return {};
}

struct Ordered {
    Version version;
    std::optional<std::size_t> place;  // in the folder
    decltype(migrations::number_of({})) number;
    bool is_repeatable{};
};

// By the folder, else by their numbers.
bool comes_later(const Ordered& one, const Ordered& other) {
    if (one.place && other.place) return *one.place > *other.place;
    return one.number && other.number && migrations::compare_dotted(*one.number, *other.number) > 0;
}

// Newest first. Those without a way back are left as they are.
std::vector<Version> undoable(const Known& known, const std::vector<Version>& order) {
    std::vector<Version> versions;
    for (auto version = order.rbegin(); version != order.rend(); ++version)
        if (kind_of(known, *version) == MigrationKind::versioned) versions.push_back(*version);
    return versions;
}

// A version of what is applied. What is known elsewhere is said to be not applied here.
Result<Version> find_applied(const Known& known, const Folder& folder, const Version& said) {
    auto found = find_version(said, known.state.applied_order);
    if (found || found.error().reason != "version-unknown") return found;
    std::vector<Version> elsewhere;
    for (const auto& migration : folder.migrations) elsewhere.push_back(migration.version);
    for (const auto& [version, registered] : known.registered) elsewhere.push_back(version);
    std::sort(elsewhere.begin(), elsewhere.end());
    elsewhere.erase(std::unique(elsewhere.begin(), elsewhere.end()), elsewhere.end());
    const auto not_applied = find_version(said, elsewhere);
    if (!not_applied) return not_applied;
    return fail(Code::refused, "version-not-applied",
                "\"" + not_applied->text + "\" is not applied on this target",
                "varve status lists what is; --to 0 undoes everything");
}

// "000" is not meant by it: who keeps that one spells it so.
Result<std::vector<Version>> everything(const Known& known, const std::vector<Version>& order) {
    if (std::find(order.begin(), order.end(), Version{"0"}) == order.end())
        return undoable(known, order);
    return fail(Code::refused, "version-ambiguous",
                "--to 0 undoes everything, but there is a migration \"0\" as well",
                "--steps says how many to undo");
}

Result<std::vector<Version>> newer_than(const Known& known, const Folder& folder,
                                        const Version& said) {
    const auto order = order_applied(known, folder);
    if (said.text == "0") return everything(known, order);
    const auto to = find_applied(known, folder, said);
    if (!to) return fail(to.error());
    if (kind_of(known, *to) == MigrationKind::repeatable)
        return fail(Code::refused, "usage",
                    "\"" + to->text + "\" is repeatable: nothing is newer or older than it",
                    "give --to a versioned migration");
    const auto limit_applied = std::find(order.begin(), order.end(), *to);
    const auto place = places(folder);
    const auto limit = place.find(*to);
    std::vector<Version> newer;
    for (const Version& version : undoable(known, order)) {
        const auto here = place.find(version);
        const bool by_folder = here != place.end() && limit != place.end();
        const bool applied_later =
            std::find(order.begin(), limit_applied, version) == limit_applied;
        if (version != *to && (by_folder ? here->second > limit->second : applied_later))
            newer.push_back(version);
    }
    return newer;
}

Result<std::vector<Version>> named(const Known& known, const Folder& folder,
                                   const std::vector<Version>& said) {
    std::set<Version> wanted;
    for (const Version& each : said) {
        const auto version = find_applied(known, folder, each);
        if (!version) return fail(version.error());
        const MigrationKind kind = kind_of(known, *version);
        if (kind != MigrationKind::versioned)
            return fail(Code::refused, "down-missing",
                        "\"" + version->text + "\" is a " + std::string{text_of(kind)} +
                            ", which has no way back",
                        kind == MigrationKind::repeatable ? "change its file, and run" : "");
        wanted.insert(*version);
    }
    std::vector<Version> versions = undoable(known, order_applied(known, folder));
    std::erase_if(versions, [&](const Version& version) { return !wanted.contains(version); });
    return versions;
}

// Refused where it hangs on what nobody knows.
Result<std::vector<Version>> newest(const Known& known, const Folder& folder, std::size_t count) {
    std::vector<Version> versions = undoable(known, order_applied(known, folder));
    if (versions.size() <= count) return versions;
    versions.resize(count);
    std::vector<Version> as_recorded = undoable(known, known.state.applied_order);
    as_recorded.resize(count);
    const auto only_in = [](const std::vector<Version>& ones, const std::vector<Version>& others) {
        return std::find_if(ones.begin(), ones.end(), [&](const Version& version) {
            return std::find(others.begin(), others.end(), version) == others.end();
        });
    };
    const auto marked = only_in(as_recorded, versions);
    if (marked == as_recorded.end()) return versions;
    const std::string other = only_in(versions, as_recorded)->text;
    return fail(
        Code::refused, "rollback-order-unknown",
        "which of \"" + marked->text + "\" and \"" + other +
            "\" is the newer one is not known: since when \"" + marked->text +
            "\" is applied, the decision that marked it so does not say",
        "say which to undo: varve rollback --only " + other + " (or --only " + marked->text + ")");
}

Result<std::vector<Version>> versions_for(const Known& known, const Folder& folder,
                                          const RollbackOptions& options) {
    if (!options.only.empty()) return named(known, folder, options.only);
    if (options.to) return newer_than(known, folder, *options.to);
    return newest(known, folder, options.steps);
}

std::vector<std::string> left_alone(const Known& known, const Folder& folder,
                                    const RollbackChoice& choice, const RollbackOptions& options) {
    if (!options.only.empty()) return {};
    std::vector<std::string> names;
    const auto order = order_applied(known, folder);
    const bool all = options.to && options.to->text == "0";
    auto oldest = choice.versions.empty()
                      ? order.end()
                      : std::find(order.begin(), order.end(), choice.versions.back());
    for (auto version = all ? order.begin() : oldest; version != order.end(); ++version)
        if (const auto kind = kind_of(known, *version); kind != MigrationKind::versioned)
            names.push_back(version->text + " (" + std::string{text_of(kind)} + ")");
    return names;
}

}  // namespace

std::vector<Version> order_applied(const Known& known, const Folder& folder) {
    const auto places_in_folder = places(folder);
    std::vector<Ordered> order;
    for (const Version& version : known.state.applied_order) {
        const auto place = places_in_folder.find(version);
        Ordered here{version, std::nullopt, migrations::number_of(version.text),
                     is_repeatable(known, version)};
        if (place != places_in_folder.end()) here.place = place->second;
        const auto* application = known.state.application_of(version);
        const bool is_known =
            application == nullptr || application->is_order_known || here.is_repeatable;
        const auto at = is_known ? order.end()
                                 : std::find_if(order.begin(), order.end(), [&](const auto& other) {
                                       return !other.is_repeatable && comes_later(other, here);
                                   });
        order.insert(at, std::move(here));
    }
    std::vector<Version> versions;
    for (Ordered& each : order) versions.push_back(std::move(each.version));
    return versions;
}

Result<void> check_nothing_half_applied(const TargetState& state) {
    for (const auto& [version, migration] : state.migrations)
        if (migration.resumption && migration.resumption->direction == ledger::Direction::up &&
            migration.resumption->has_effect())
            return fail(
                Code::refused, "run-unfinished",
                "\"" + version.text +
                    "\" is applied only in part: " + progress_made(*migration.resumption),
                "finish it first: varve run; or undo by hand what is done, and say so: varve "
                "resolve " +
                    version.text + " --mark-unapplied --reason ...");
    return {};
}

bool is_repeatable(const Known& known, const Version& version) {
    return kind_of(known, version) == MigrationKind::repeatable;
}

Result<RollbackChoice> choose(const Known& known, const Folder& folder,
                              const RollbackOptions& options) {
    if (auto finished = check_nothing_half_applied(known.state); !finished)
        return fail(finished.error());
    auto versions = versions_for(known, folder, options);
    if (!versions) return fail(versions.error());
    if (auto finished = refuse_unfinished_rollback(known.state, *versions); !finished)
        return fail(finished.error());
    RollbackChoice choice{std::move(*versions), {}};
    choice.left_alone = left_alone(known, folder, choice, options);
    return choice;
}

}  // namespace commands
