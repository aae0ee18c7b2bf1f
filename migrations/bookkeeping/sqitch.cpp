// Sqitch: a schema of its own, with changes (what is deployed now), events (what ever happened),
// projects and tags. A change's id is the SHA-1 over its line in the plan and all before it, its
// script_hash the SHA-1 of the deploy script.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/layouts/reading.hpp"
#include "migrations/layouts/sqitch_plan.hpp"

#include <algorithm>
#include <set>

namespace migrations::bookkeeping {

namespace {

using layouts::SqitchChange;
using layouts::SqitchPlan;

// The plan as the folder's layout has read it: the one that has the folder's changes.
SqitchPlan plan_of(const Telling& telling) {
    SqitchPlan best;
    for (const auto& [path, file] : telling.tree().files) {
        if (!path.ends_with(".plan")) continue;
        SqitchPlan plan = layouts::parse_sqitch_plan(file.bytes);
        const bool whole = plan.changes.size() == telling.folder().migrations.size();
        if (whole || plan.changes.size() > best.changes.size()) best = std::move(plan);
        if (whole) break;
    }
    return best;
}

std::string dependencies(const char* title, const char* sign,
                         const std::vector<std::string>& words) {
    if (words.empty()) return {};
    std::string text = "\n" + std::string{title};
    for (const std::string& word : words) text += "\n  " + std::string{sign} + " " + word;
    return text;
}

std::string id_of(const SqitchPlan& plan, const SqitchChange& change, const std::string& parent) {
    std::string info = "project " + plan.project;
    if (!plan.uri.empty()) info += "\nuri " + plan.uri;
    info += "\nchange " + change.name;
    if (!parent.empty()) info += "\nparent " + parent;
    info += "\nplanner " + change.author + "\ndate " + change.planned_at;
    info += dependencies("requires", "+", change.requires_words);
    info += dependencies("conflicts", "-", change.conflicts_words);
    if (!change.note.empty()) info += "\n\n" + change.note;
    return sha1_hex("change " + std::to_string(info.size()) + std::string(1, '\0') + info);
}

class Sqitch {
public:
    explicit Sqitch(Telling& telling)
        : telling_{telling},
          plan_{plan_of(telling)},
          by_version_{index_by(telling.folder(),
                               [](const Migration& migration) { return migration.version.text; })} {
        std::string parent;
        for (const SqitchChange& change : plan_.changes) {
            parent = id_of(plan_, change, parent);
            by_id_.emplace(parent, change.version);
        }
    }

    void run() {
        std::set<std::string> others;
        for (const RowView& row : rows_by(telling_.table(), "committed_at")) {
            const std::string project = row.text("project");
            if (plan_.project.empty() || project == plan_.project)
                see(row);
            else
                others.insert(project);
        }
        for (const std::string& project : others)
            telling_.find("the changes of project " + in_quotes(project) +
                          " are not in this plan, and are left out");
        if (const Table* events = telling_.companion("events")) tell_events(*events);
    }

private:
    // By id; one whose line in the plan was edited since, by its name and how often it came.
    [[nodiscard]] std::string version_of(const RowView& row, const std::string& name) {
        const std::size_t instance = ++seen_[name];
        const auto found = by_id_.find(row.text("change_id"));
        if (found != by_id_.end()) return found->second;
        std::string version = name;
        if (instance > 1) version += "#" + std::to_string(instance);
        if (find(by_version_, version))
            telling_.find(in_quotes(version) +
                          " was deployed from another plan than this one: its id is " +
                          row.text("change_id").substr(0, 12) +
                          ", so that its line, or one before it, has changed since");
        else
            telling_.find(in_quotes(version) + " is deployed, and the plan has no such change");
        return version;
    }

    void see(const RowView& row) {
        const std::string name = row.text("change");
        const std::string version = version_of(row, name);
        Entry entry = entry_of(find(by_version_, version), version, name);
        entry.recorded_version = row.text("change_id");
        const auto hash = row.cell("script_hash");
        entry.recorded_checksum = hash;
        // An upgraded registry has ids where hashes would be.
        if (hash != entry.recorded_version) compare_checksum(telling_, entry, sha1_hex);
        entry.applied_at_us = row.number("committed_at");
        entry.applied_by = row.text("committer_name") + " <" + row.text("committer_email") + ">";
        telling_.adopt(std::move(entry));
    }

    void tell_events(const Table& events) {
        for (const RowView& row : rows_by(events, "committed_at")) {
            if (!plan_.project.empty() && row.text("project") != plan_.project) continue;
            const std::string event = row.text("event");
            const std::string what = in_quotes(row.text("change"));
            const std::string when = on_day(row.number("committed_at"));
            if (event == "fail") telling_.find("deploying " + what + " failed" + when);
            if (event == "revert") telling_.find(what + " was reverted" + when);
            if (event == "merge") telling_.find(what + " was merged" + when);
        }
    }

    Telling& telling_;
    SqitchPlan plan_;
    Index by_version_;
    std::map<std::string, std::string> by_id_;
    std::map<std::string, std::size_t> seen_;
};

}  // namespace

void read_sqitch(Telling& telling) { Sqitch{telling}.run(); }

}  // namespace migrations::bookkeeping
