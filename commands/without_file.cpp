#include "commands/without_file.hpp"

#include "migrations/bookkeeping/checksum.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "migrations/version.hpp"

#include <string>

namespace commands {

using projections::MigrationState;
using projections::TargetState;

bool is_without_file(const MigrationState& known) {
    return known.imported && known.applied && known.applied->digest == ledger::Digest{};
}

std::optional<bool> is_imported_text(const TargetState& state, const MigrationState& known,
                                     const migrations::Script& script) {
    if (!state.imported || !known.imported || !known.imported->checksum) return std::nullopt;
    return migrations::bookkeeping::has_checksum(state.imported->tool, script.bytes,
                                                 *known.imported->checksum);
}

bool LateFiles::LessNumber::operator()(const std::string& left, const std::string& right) const {
    return migrations::compare_dotted(left, right) < 0;
}

LateFiles::LateFiles(const TargetState& state, const migrations::Folder& folder) : state_{state} {
    for (const migrations::Migration& each : folder.migrations) {
        if (each.kind != ledger::MigrationKind::versioned || state.find(each.version) != nullptr)
            continue;
        free_.push_back(&each);
        if (const auto number = migrations::number_of(each.version.text))
            by_number_.emplace(std::string{*number}, &each);
    }
}

// Whatever line ends the file had there.
LateFiles::Files LateFiles::by_checksum() const {
    Files files;
    for (const migrations::Migration* each : free_)
        for (const std::string& checksum :
             migrations::bookkeeping::checksums_of(state_.imported->tool, each->up.bytes)) {
            auto& same = files[checksum];
            if (same.empty() || same.back() != each) same.push_back(each);
        }
    return files;
}

const migrations::Migration* LateFiles::of_number(const ledger::Version& applied) const {
    const auto number = migrations::number_of(applied.text);
    if (!number) return nullptr;
    const bool is_whole = number->size() == applied.text.size();
    const auto& known = state_.migrations.at(applied);
    const migrations::Migration* found = nullptr;
    const auto [first, last] = by_number_.equal_range(std::string{*number});
    for (auto each = first; each != last; ++each) {
        if (taken_.contains(each->second)) continue;
        if (is_imported_text(state_, known, each->second->up).value_or(false)) return each->second;
        const std::string& text = each->second->version.text;
        if (found == nullptr && is_whole && each->first.size() == text.size()) found = each->second;
    }
    return found;
}

const migrations::Migration* LateFiles::of_checksum(const ledger::Version& applied) {
    const auto& kept = state_.migrations.at(applied).imported;
    if (!kept || !kept->checksum) return nullptr;
    if (!by_checksum_) by_checksum_ = by_checksum();
    const auto same = by_checksum_->find(*kept->checksum);
    if (same == by_checksum_->end()) return nullptr;
    for (const migrations::Migration* each : same->second)
        if (!taken_.contains(each)) return each;
    return nullptr;
}

const migrations::Migration* LateFiles::take(const ledger::Version& applied) {
    if (free_.empty()) return nullptr;
    const bool has_place = !state_.imported || migrations::bookkeeping::tells_place(
                                                   state_.imported->tool, applied.text);
    const migrations::Migration* file = has_place ? of_number(applied) : of_checksum(applied);
    if (file != nullptr) taken_.insert(file);
    return file;
}

}  // namespace commands
