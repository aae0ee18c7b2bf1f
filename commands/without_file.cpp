#include "commands/without_file.hpp"

#include "migrations/bookkeeping/checksum.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "migrations/version.hpp"

#include <utility>

namespace commands {

using projections::MigrationState;
using projections::TargetState;

namespace {

// All of the version: of "4_a" that is not so.
std::optional<std::string> whole_number(const std::string& version) {
    const auto number = migrations::number_of(version);
    if (!number || number->size() != version.size()) return std::nullopt;
    return version;
}

}  // namespace

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
        if (auto number = whole_number(each.version.text))
            by_number_.emplace(std::move(*number), &each);
    }
}

// Whatever line ends the file had there.
std::map<std::string, const migrations::Migration*> LateFiles::by_checksum() const {
    std::map<std::string, const migrations::Migration*> files;
    for (const migrations::Migration* each : free_)
        for (std::string& checksum :
             migrations::bookkeeping::checksums_of(state_.imported->tool, each->up.bytes))
            files.emplace(std::move(checksum), each);
    return files;
}

const migrations::Migration* LateFiles::take(const ledger::Version& applied) {
    if (free_.empty()) return nullptr;
    const auto take_from = [](auto& files, const std::string& key) {
        const auto found = files.find(key);
        if (found == files.end()) return static_cast<const migrations::Migration*>(nullptr);
        const migrations::Migration* file = found->second;
        std::erase_if(files, [&](const auto& each) { return each.second == file; });
        return file;
    };
    const bool has_place = !state_.imported || migrations::bookkeeping::tells_place(
                                                   state_.imported->tool, applied.text);
    const auto& kept = state_.migrations.at(applied).imported;
    if (has_place) {
        const auto number = whole_number(applied.text);
        return number ? take_from(by_number_, *number) : nullptr;
    }
    if (!kept || !kept->checksum) return nullptr;
    if (!by_checksum_) by_checksum_ = by_checksum();
    return take_from(*by_checksum_, *kept->checksum);
}

}  // namespace commands
