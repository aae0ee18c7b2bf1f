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
using Held = std::vector<HeldCheckpoint>;
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

// The size that a file's name tells; 0 where that is no number.
std::uint64_t size_in_name(const fs::path& path) {
    const std::string name = path.stem().string();
    std::uint64_t size = 0;
    std::from_chars(name.data(), name.data() + name.size(), size);
    return size;
}

fs::path path_of(const fs::path& folder, std::uint64_t size) {
    return folder / (std::to_string(size) + suffix);
}

bool is_smaller(const HeldCheckpoint& one, const HeldCheckpoint& other) {
    return one.size < other.size;
}

class CheckpointFolder final : public commands::CheckpointWitness {
public:
    explicit CheckpointFolder(fs::path folder) : folder_{std::move(folder)} {}

    [[nodiscard]] ledger::WitnessKind kind() const override { return ledger::WitnessKind::folder; }
    [[nodiscard]] std::string name() const override { return folder_.string(); }

    Result<commands::Receipt> publish(const commands::PublishedCheckpoint& checkpoint) override;
    Result<Held> largest(const ledger::Uuid& ledger, std::uint32_t count_max) override;
    Result<Held> all(const ledger::Uuid& ledger) override;

private:
    [[nodiscard]] fs::path folder_of(const ledger::Uuid& ledger) const {
        return folder_ / to_text(ledger);
    }
    [[nodiscard]] Result<std::optional<HeldCheckpoint>> read(const fs::path& path) const;
    [[nodiscard]] Result<std::vector<fs::path>> files(const ledger::Uuid& ledger) const;
    [[nodiscard]] Result<Held> with_latest(const ledger::Uuid& ledger, Held held) const;
    [[nodiscard]] Result<void> keep_under_size(const fs::path& folder,
                                               const HeldCheckpoint& latest) const;
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

// It counts as held, and the next one takes its place in `latest`.
Result<void> CheckpointFolder::keep_under_size(const fs::path& folder,
                                               const HeldCheckpoint& latest) const {
    const fs::path path = path_of(folder, latest.size);
    std::error_code error;
    if (fs::exists(path, error) || error) return {};
    if (!replace_file(path, latest.note)) return unwritable(path);
    return {};
}

// `latest` last: wherever this ends, what is in it has a file of its own too.
Result<commands::Receipt> CheckpointFolder::publish(
    const commands::PublishedCheckpoint& checkpoint) {
    const fs::path folder = folder_of(checkpoint.ledger);
    const fs::path path = path_of(folder, checkpoint.size);
    std::error_code error;
    fs::create_directories(folder, error);
    errno = error.value();
    if (error) return unwritable(folder);
    const auto newest = read(folder / latest_name);
    if (!newest) return fail(newest.error());
    if (*newest)
        if (auto kept = keep_under_size(folder, **newest); !kept) return fail(kept.error());
    const auto before = read(path);
    if (!before) return fail(before.error());
    if (*before && (*before)->root != checkpoint.root)
        return fail(Code::corrupt, "witness-contradicts",
                    path.string() + " is of another root than the ledger has at that size",
                    "varve verify tells which of the two has been changed");
    if (!*before || (*before)->note != checkpoint.note)
        if (!replace_file(path, checkpoint.note)) return unwritable(path);
    const bool is_newest = !*newest || (*newest)->size <= checkpoint.size;
    if (is_newest && (!*newest || (*newest)->note != checkpoint.note))
        if (!replace_file(folder / latest_name, checkpoint.note))
            return unwritable(folder / latest_name);
    if (!sync_folder(folder) || !sync_folder(folder_)) return unwritable(folder);
    return commands::Receipt{};
}

Result<std::vector<fs::path>> CheckpointFolder::files(const ledger::Uuid& ledger) const {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry{folder_of(ledger), error}, end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == suffix) files.push_back(entry->path());
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(Code::unavailable, "witness-unreachable",
                    "cannot read " + folder_of(ledger).string() + ": " + error.message(),
                    "look at its permissions");
    return files;
}

Result<Held> CheckpointFolder::with_latest(const ledger::Uuid& ledger, Held held) const {
    auto latest = read(folder_of(ledger) / latest_name);
    if (!latest) return fail(latest.error());
    const auto is_latest = [&](const HeldCheckpoint& one) { return one.note == (*latest)->note; };
    if (*latest && std::ranges::none_of(held, is_latest)) held.push_back(std::move(**latest));
    return held;
}

// What its name says decides which are read. A file that is no checkpoint says nothing here.
Result<Held> CheckpointFolder::largest(const ledger::Uuid& ledger, std::uint32_t count_max) {
    auto paths = files(ledger);
    if (!paths) return fail(paths.error());
    std::ranges::sort(*paths, std::ranges::greater{}, size_in_name);
    if (paths->size() > count_max) paths->resize(count_max);
    Held held;
    for (const fs::path& path : *paths) {
        auto one = read(path);
        if (!one && one.error().code != Code::corrupt) return fail(one.error());
        if (one && *one) held.push_back(std::move(**one));
    }
    auto with = with_latest(ledger, held);
    if (!with && with.error().code == Code::corrupt) with = std::move(held);
    if (!with) return with;
    std::sort(with->rbegin(), with->rend(), is_smaller);
    if (with->size() > count_max) with->resize(count_max);
    return with;
}

Result<Held> CheckpointFolder::all(const ledger::Uuid& ledger) {
    const auto paths = files(ledger);
    if (!paths) return fail(paths.error());
    Held held;
    for (const fs::path& path : *paths) {
        auto one = read(path);
        if (!one) return fail(one.error());
        if (*one) held.push_back(std::move(**one));
    }
    auto with = with_latest(ledger, std::move(held));
    if (with) std::sort(with->begin(), with->end(), is_smaller);
    return with;
}

}  // namespace

std::unique_ptr<commands::CheckpointWitness> open_checkpoint_folder(const fs::path& folder) {
    return std::make_unique<CheckpointFolder>(folder);
}

}  // namespace adapters::files
