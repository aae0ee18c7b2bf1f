#include "adapters/files/checkpoint_folder.hpp"

#include "adapters/files/durable_file.hpp"
#include "ledger/checkpoint.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>
#include <utility>

namespace adapters::files {

namespace {

namespace fs = std::filesystem;
using commands::HeldCheckpoint;
using ledger::Code;
using ledger::fail;
using ledger::Result;

constexpr const char* suffix = ".checkpoint";
constexpr const char* latest_name = "latest";

Result<HeldCheckpoint> held_of(std::string note) {
    const auto signed_note = ledger::note_from_text(note);
    if (!signed_note) return fail(signed_note.error());
    const auto checkpoint = ledger::checkpoint_from_text(signed_note->text);
    if (!checkpoint) return fail(checkpoint.error());
    return HeldCheckpoint{checkpoint->size, checkpoint->root, std::move(note), std::nullopt};
}

class CheckpointFolder final : public commands::CheckpointWitness {
public:
    explicit CheckpointFolder(fs::path folder) : folder_{std::move(folder)} {}

    [[nodiscard]] ledger::WitnessKind kind() const override { return ledger::WitnessKind::folder; }
    [[nodiscard]] std::string name() const override { return folder_.string(); }

    Result<commands::Receipt> publish(const commands::PublishedCheckpoint& checkpoint) override;
    Result<std::optional<HeldCheckpoint>> latest(const ledger::Uuid& ledger) override;
    Result<std::vector<HeldCheckpoint>> all(const ledger::Uuid& ledger) override;

private:
    [[nodiscard]] fs::path folder_of(const ledger::Uuid& ledger) const {
        return folder_ / to_text(ledger);
    }
    [[nodiscard]] Result<std::optional<HeldCheckpoint>> read(const fs::path& path) const;
    [[nodiscard]] tl::unexpected<ledger::Error> unwritable(const fs::path& path) const;

    fs::path folder_;
};

tl::unexpected<ledger::Error> CheckpointFolder::unwritable(const fs::path& path) const {
    return fail(Code::unavailable, "witness-unwritable",
                "the folder of checkpoints cannot be written: " + path.string() + ": " +
                    std::strerror(errno),
                "look at its permissions and the disk's free space; then varve checkpoint "
                "--publish-again");
}

Result<std::optional<HeldCheckpoint>> CheckpointFolder::read(const fs::path& path) const {
    auto note = read_small(path);
    if (!note)
        return fail(Code::unavailable, "witness-unreachable", note.error().detail,
                    note.error().help);
    if (!*note) return std::optional<HeldCheckpoint>{};
    auto held = held_of(std::move(**note));
    if (!held)
        return fail(Code::corrupt, "witness-contradicts",
                    path.string() + " is no checkpoint: " + held.error().detail,
                    "somebody has changed that file: keep it aside, and look who may write there");
    return std::optional{std::move(*held)};
}

// `latest` first: so that what it says is the largest, wherever this ends.
Result<commands::Receipt> CheckpointFolder::publish(
    const commands::PublishedCheckpoint& checkpoint) {
    const fs::path folder = folder_of(checkpoint.ledger);
    const fs::path path = folder / (std::to_string(checkpoint.size) + suffix);
    std::error_code error;
    fs::create_directories(folder, error);
    errno = error.value();
    if (error) return unwritable(folder);
    const auto before = read(path);
    if (!before) return fail(before.error());
    if (*before && (*before)->root != checkpoint.root)
        return fail(Code::corrupt, "witness-contradicts",
                    path.string() + " is of another root than the ledger has at that size",
                    "varve verify tells which of the two has been changed");
    const auto newest = latest(checkpoint.ledger);
    if (!newest) return fail(newest.error());
    const bool is_newest = !*newest || (*newest)->size <= checkpoint.size;
    if (is_newest && (!*newest || (*newest)->note != checkpoint.note))
        if (!replace_file(folder / latest_name, checkpoint.note))
            return unwritable(folder / latest_name);
    if (!*before || (*before)->note != checkpoint.note)
        if (!replace_file(path, checkpoint.note)) return unwritable(path);
    if (!sync_folder(folder) || !sync_folder(folder_)) return unwritable(folder);
    return commands::Receipt{};
}

Result<std::optional<HeldCheckpoint>> CheckpointFolder::latest(const ledger::Uuid& ledger) {
    return read(folder_of(ledger) / latest_name);
}

Result<std::vector<HeldCheckpoint>> CheckpointFolder::all(const ledger::Uuid& ledger) {
    std::vector<HeldCheckpoint> all;
    auto newest = latest(ledger);
    if (!newest) return fail(newest.error());
    std::error_code error;
    for (fs::directory_iterator entry{folder_of(ledger), error}, end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().extension() != suffix) continue;
        auto held = read(entry->path());
        if (!held) return fail(held.error());
        if (*held) all.push_back(std::move(**held));
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(Code::unavailable, "witness-unreachable",
                    "cannot read " + folder_of(ledger).string() + ": " + error.message(),
                    "look at its permissions");
    const auto has_newest = [&](const HeldCheckpoint& held) {
        return held.note == (*newest)->note;
    };
    if (*newest && std::none_of(all.begin(), all.end(), has_newest))
        all.push_back(std::move(**newest));
    std::sort(all.begin(), all.end(),
              [](const auto& one, const auto& other) { return one.size < other.size; });
    return all;
}

}  // namespace

std::unique_ptr<commands::CheckpointWitness> open_checkpoint_folder(const fs::path& folder) {
    return std::make_unique<CheckpointFolder>(folder);
}

}  // namespace adapters::files
