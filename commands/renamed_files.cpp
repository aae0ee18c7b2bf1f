#include "commands/renamed_files.hpp"

#include "commands/same_text.hpp"
#include "commands/without_file.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

namespace commands {

using ledger::MigrationKind;
using ledger::Version;
using migrations::Folder;
using migrations::Migration;
using projections::TargetState;

RenamedFiles::RenamedFiles(const TargetState& state, const Folder& folder)
    : state_{state}, folder_{folder} {
    find_displaced();
    if (!without_file_.empty()) find_late_files();
    if (displaced_.empty()) return;
    find_files();
    leave_out_lost();
}

void RenamedFiles::find_displaced() {
    std::unordered_map<std::string_view, const Migration*> files;
    files.reserve(folder_.migrations.size());
    for (const Migration& migration : folder_.migrations)
        files.emplace(migration.version.text, &migration);
    for (const Version& version : state_.applied_order) {
        const auto& known = state_.migrations.at(version);
        const auto file = files.find(version.text);
        if (file == files.end() && is_without_file(known)) without_file_.push_back(version);
        if (version.text.starts_with("R__") || known.absence_accepted) continue;
        if (file != files.end() && (file->second->kind == MigrationKind::repeatable ||
                                    file->second->up.digest == known.applied->digest ||
                                    is_same_text(file->second->up.bytes, known.applied->digest)))
            continue;
        displaced_.push_back(version);
    }
}

void RenamedFiles::find_files() {
    std::set<const Migration*> taken;
    for (const auto& [version, file] : now_) taken.insert(file);
    const auto is_free = [&](const Migration& each) {
        if (each.kind == MigrationKind::repeatable || taken.contains(&each)) return false;
        return state_.application_of(each.version) == nullptr ||
               std::find(displaced_.begin(), displaced_.end(), each.version) != displaced_.end();
    };
    for (const Version& version : displaced_) {
        const auto& digest = state_.application_of(version)->digest;
        const auto found = std::find_if(
            folder_.migrations.begin(), folder_.migrations.end(),
            [&](const Migration& each) { return each.up.digest == digest && is_free(each); });
        if (found == folder_.migrations.end()) continue;
        taken.insert(&*found);
        now_.emplace(version, &*found);
    }
}

void RenamedFiles::find_late_files() {
    LateFiles late{state_, folder_};
    for (const Version& version : without_file_)
        if (const Migration* file = late.take(version)) now_.emplace(version, file);
}

// From version to version, until one that nothing is applied as.
bool RenamedFiles::leads_out(const Version& version) const {
    std::set<Version> seen;
    for (Version at = version; seen.insert(at).second;) {
        const auto next = now_.find(at);
        if (next == now_.end()) return false;
        at = next->second->version;
        if (state_.application_of(at) == nullptr) return true;
    }
    return false;
}

void RenamedFiles::leave_out_lost() {
    std::set<Version> lost;
    for (const auto& [version, file] : now_)
        if (!leads_out(version)) lost.insert(version);
    for (const Version& version : lost) now_.erase(version);
}

const Migration* RenamedFiles::now(const Version& version) const {
    const auto found = now_.find(version);
    return found == now_.end() ? nullptr : found->second;
}

const Version* RenamedFiles::whose_text(const Migration& file) const {
    const auto found =
        std::find_if(displaced_.begin(), displaced_.end(), [&](const Version& version) {
            return version != file.version &&
                   state_.application_of(version)->digest == file.up.digest;
        });
    return found == displaced_.end() ? nullptr : &*found;
}

}  // namespace commands
