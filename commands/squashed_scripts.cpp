#include "commands/squashed_scripts.hpp"

#include "commands/made_objects.hpp"
#include "migrations/rules/schema.hpp"
#include "migrations/sql/mentions.hpp"
#include "migrations/sql/touched.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

namespace commands {

using migrations::Script;
using migrations::sql::Touched;

namespace {

using Names = std::set<std::string>;

struct Undone {
    std::vector<Touched> touched;
    Names names;  // of what is touched
    std::vector<MadeObjects> made;
    bool is_squashed{};
};

// Of a column its table.
std::string name_of(const Touched& touched) {
    return migrations::rules::key_of({touched.schema, touched.name});
}

Names names_of(const std::vector<Touched>& touched) {
    Names names;
    for (const Touched& each : touched) names.insert(name_of(each));
    return names;
}

Undone read(const std::vector<Script>& scripts) {
    Undone undone;
    for (const Script& script : scripts) {
        auto touched = migrations::sql::touched_by(script);
        std::move(touched.begin(), touched.end(), std::back_inserter(undone.touched));
        undone.made.push_back(made_objects(script));
    }
    undone.names = names_of(undone.touched);
    return undone;
}

bool meet(const Names& one, const Names& other) {
    return std::any_of(one.begin(), one.end(),
                       [&](const std::string& name) { return other.contains(name); });
}

// Those that have to do with what is reached, and what they have to do with is reached by that.
void reach(std::vector<Undone>& all, Names reached) {
    for (bool has_grown = true; has_grown;) {
        has_grown = false;
        for (Undone& undone : all) {
            if (undone.is_squashed || !meet(undone.names, reached)) continue;
            undone.is_squashed = has_grown = true;
            reached.insert(undone.names.begin(), undone.names.end());
        }
    }
}

Names gone_by(const std::vector<Undone>& all) {
    Names gone;
    for (const Undone& undone : all)
        for (const MadeObjects& objects : undone.made)
            if (undone.is_squashed) gone.insert(objects.gone.begin(), objects.gone.end());
    return gone;
}

Names left_by(const std::vector<Undone>& all) {
    Names left;
    for (const Undone& undone : all)
        for (const MadeObjects& objects : undone.made) {
            if (!undone.is_squashed) continue;
            for (const std::string& name : objects.gone) left.erase(name);
            left.insert(objects.made.begin(), objects.made.end());
        }
    return left;
}

}  // namespace

std::vector<std::size_t> squashed_into(const Script& squash,
                                       const std::vector<std::vector<Script>>& undone) {
    const Names makes = made_objects(squash).made;
    std::vector<Undone> all;
    for (const auto& scripts : undone) all.push_back(read(scripts));
    reach(all, names_of(migrations::sql::touched_by(squash)));
    const auto mentions = migrations::sql::read_mentions(squash.text);
    const Names gone = gone_by(all);
    const auto is_told = [&](const Touched& touched) {
        return migrations::sql::find(touched, mentions) || gone.contains(name_of(touched));
    };
    for (Undone& each : all)
        each.is_squashed =
            each.is_squashed && std::all_of(each.touched.begin(), each.touched.end(), is_told);
    const Names left = left_by(all);
    if (makes.empty() || !std::includes(left.begin(), left.end(), makes.begin(), makes.end()))
        return {};
    std::vector<std::size_t> found;
    for (std::size_t index = 0; index < all.size(); ++index)
        if (all[index].is_squashed) found.push_back(index);
    return found;
}

}  // namespace commands
