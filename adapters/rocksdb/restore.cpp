#include "adapters/rocksdb/restore.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/backup.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/manifest.hpp"
#include "adapters/rocksdb/new_folder.hpp"
#include "adapters/rocksdb/old_ledger.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/restored_mark.hpp"
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/writer_lock.hpp"
#include "ledger/accepted_loss.hpp"
#include "ledger/clean.hpp"
#include "ledger/parting.hpp"
#include "ledger/shell_word.hpp"
#include "ledger/signing_keys.hpp"
#include "ledger/stream_records.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <system_error>
#include <utility>
#include <variant>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t path_bytes_max = 1'000;
constexpr std::int64_t us_per_s = 1'000'000;
constexpr std::uint64_t opening_bytes = std::uint64_t{1} << 20U;  // and what it says of itself

std::string day_and_time(std::int64_t time_us) {
    const std::time_t seconds = time_us / us_per_s;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t length = strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
    return {text.data(), length};
}

// The name itself, or the first one after it that nothing has.
fs::path free_name(const std::string& wanted) {
    std::error_code ignored;
    fs::path name = wanted;
    for (int number = 2; fs::exists(name, ignored); ++number)
        name = wanted + "-" + std::to_string(number);
    return name;
}

// The files of a backup as they are; of any other copy, its lines.
Result<void> fill(const RestoreRequest& request, const fs::path& folder) {
    std::error_code ignored;
    if (!fs::exists(manifest_of(request.source), ignored)) {
        if (auto there = expect_ledger(request.source); !there)
            return there.error().reason == "ledger-missing" ||
                           there.error().reason == "not-a-ledger"
                       ? fail(Code::refused, "not-a-backup",
                              request.source.string() + " is no copy of a ledger",
                              "name a folder that `varve ledger backup` has made")
                       : fail(there.error());
        return copy_lines(request.source, folder);
    }
    const auto manifest = read_manifest(request.source);
    if (!manifest) return fail(manifest.error());
    if (auto whole = check_files(request.source, *manifest); !whole) return whole;
    auto copied = copy_folder(events_of(request.source), events_of(folder), request.is_stopped);
    if (!copied) return copied;
    const auto anchor = read_anchor(request.source);
    if (!anchor) return fail(anchor.error());
    if (anchor->size != manifest->size || anchor->root != manifest->root)
        return fail(Code::corrupt, "backup-damaged",
                    request.source.string() + ": its anchor and its manifest disagree",
                    "use another backup");
    if (auto made = AnchorFile::create(folder, *anchor); !made) return fail(made.error());
    return {};
}

constexpr const char* of_something_else =
    "it is a copy of something else: nothing was restored. Name another copy, or another place";

constexpr const char* of_another_history =
    "nothing was restored: this ledger went two ways, and the copy is of the other one. Name "
    "another copy; docs/runbook.md, \"Two copies of one ledger\", says how they are told apart";

tl::unexpected<ledger::Error> contradicted(const std::string& by, std::uint64_t size,
                                           const std::string& detail, const std::string& help) {
    return fail(Code::corrupt, "restore-contradicted",
                by + " (" + std::to_string(size) + " events): " + detail, help);
}

void add(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

// Everybody's knowledge held against the copy.
class Weighing {
public:
    Weighing(const ledger::Reader& copy, const ledger::Head& head, Restoration& found)
        : copy_(copy), head_(head), found_(found) {}

    // Whoever is outside first: where it is the old ledger alone that contradicts, that is said.
    Result<void> weigh(const std::vector<Known>& outside, const OldLedger& old,
                       const std::string& help_against_old);

private:
    Result<void> weigh(const Known& known, const std::string& help);
    // Two that part before both of them end are two histories, whichever of them is longer.
    Result<void> compare_with(const OldLedger& old, const std::string& help);
    Result<bool> agrees(const Known& known) const;

    const ledger::Reader& copy_;
    const ledger::Head& head_;
    Restoration& found_;
    std::vector<ledger::AcceptedLoss> losses_;
};

Result<bool> Weighing::agrees(const Known& known) const {
    if (known.size > head_.size) return false;
    if (!known.root) return true;
    const auto root = copy_.root_at(known.size);
    if (!root) return fail(root.error());
    return *root == *known.root;
}

// Who knows more is named in `data`, who does not in `agreeing`.
Result<void> Weighing::weigh(const Known& known, const std::string& help) {
    if (known.ledger != head_.ledger)
        return contradicted(known.by, known.size,
                            "it knows another ledger, " + to_text(known.ledger), of_something_else);
    const auto agreed = agrees(known);
    if (!agreed) return fail(agreed.error());
    if (*agreed || ledger::loss_of(known.size, known.seen_at_us, losses_) != nullptr) {
        add(found_.agreeing, known.by);
        return {};
    }
    if (known.size <= head_.size)
        return contradicted(known.by, known.size,
                            "the copy has another root there: it is another history", help);
    ledger::LedgerRestored& data = found_.restored.data;
    add(data.known_by, ledger::clean(known.by, path_bytes_max));
    if (known.size <= data.lost_to) return {};
    data.lost_to = known.size;
    data.lost_root = known.root;
    return {};
}

Result<void> Weighing::weigh(const std::vector<Known>& outside, const OldLedger& old,
                             const std::string& help_against_old) {
    auto losses = ledger::accepted_losses(copy_);
    if (!losses) return fail(losses.error());
    losses_ = std::move(*losses);
    for (const Known& known : outside)
        if (auto weighed = weigh(known, of_another_history); !weighed) return weighed;
    if (auto compared = compare_with(old, help_against_old); !compared) return compared;
    for (const Known& known : old.known)
        if (auto weighed = weigh(known, help_against_old); !weighed) return weighed;
    const auto& by = found_.restored.data.known_by;
    std::erase_if(found_.agreeing, [&](const std::string& name) {
        return std::find(by.begin(), by.end(), name) != by.end();
    });
    return {};
}

Result<void> Weighing::compare_with(const OldLedger& old, const std::string& help) {
    if (!old.events) return {};
    const auto theirs = old.events->head();
    if (!theirs) return fail(theirs.error());
    if (theirs->ledger != head_.ledger ||
        ledger::loss_of(theirs->size, std::nullopt, losses_) != nullptr)
        return {};
    const auto shared = ledger::shared_size(*old.events, copy_);
    if (!shared || *shared == std::min(theirs->size, head_.size))
        return {};  // where it is damaged, its head is asked
    const auto own = ledger::types_between(*old.events, *shared, theirs->size);
    return contradicted(old.name, theirs->size,
                        "it parts from the copy at position " + std::to_string(*shared) +
                            (own ? ", and has of its own from there: " + *own : ""),
                        help);
}

// What parted is put aside by a person's hand alone, and under a name that is asked no more.
std::string help_against(const OldLedger& old, const RestoreRequest& request) {
    const fs::path aside = free_name(
        (old.folder.parent_path() / ("parted-" + old.folder.filename().string())).string());
    const auto word = [](const fs::path& path) { return ledger::shell_word(path.string()); };
    return "nothing was restored. Whose history is right, the copy or what is here, a person "
           "decides: varve verify --witnesses of both, and docs/runbook.md, \"Two copies of one "
           "ledger\". Where it is the copy, put the other one out of the way while nobody writes "
           "to it, and keep it: mv " +
           word(old.folder) + " " + word(aside) + " && varve ledger restore " +
           word(request.source) + " --to " + word(request.ledger) +
           "; where the copy is of something else, name another one, or another place";
}

// An older copy is from before the bytes were taken away. Where the old folder is damaged, it tells
// what it can.
std::vector<ledger::Digest> redacted_since(const ledger::Reader& old, const ledger::Reader& copy) {
    std::vector<ledger::Digest> again;
    const auto read =
        ledger::for_each_record(old, ledger::ledger_stream, [&](const ledger::Record& record) {
            const auto* redacted = std::get_if<ledger::ContentRedacted>(&record.data);
            if (redacted == nullptr) return;
            const auto bytes = copy.content(redacted->digest);
            if (bytes && *bytes) again.push_back(redacted->digest);
        });
    static_cast<void>(read);
    return again;
}

// Where the old folder is damaged, it tells what it can.
ledger::SigningKeys keys_of(const ledger::Reader& reader) {
    ledger::SigningKeys keys;
    const auto read = ledger::for_each_record(
        reader, ledger::ledger_stream,
        [&](const ledger::Record& record) { keys.apply(record.position, record.data); });
    static_cast<void>(read);
    return keys;
}

void tell_keys_since(const ledger::Reader& old, const ledger::Reader& copy, Restored& restored) {
    const ledger::SigningKeys then = keys_of(old);
    const ledger::SigningKeys now = keys_of(copy);
    for (const ledger::SigningKey& key : then.all()) {
        const auto same = std::find_if(
            now.all().begin(), now.all().end(),
            [&](const ledger::SigningKey& each) { return each.verifier == key.verifier; });
        if (same == now.all().end()) restored.added_since.push_back(key.verifier);
        if (same != now.all().end() && key.last_size && !same->last_size)
            restored.retired_since.push_back(key.verifier);
    }
}

Result<Restoration> compare(const RestoreRequest& request, const fs::path& folder,
                            ledger::Clock& clock) {
    const auto reader = Reader::open(folder);
    if (!reader) return fail(reader.error());
    const auto head = (*reader)->head();
    if (!head) return fail(head.error());
    const OldLedger old = ask_old_ledger(request.ledger, head->ledger);
    Restoration found;
    found.restored.event = ledger::new_uuid(clock.now_us() / 1000);
    found.restored.data = {head->size, head->root,
                           head->size, {},
                           {},         ledger::clean(request.source.string(), path_bytes_max)};
    for (const std::string& who : request.unasked)
        found.restored.unasked.push_back(ledger::clean(who, path_bytes_max));
    Weighing weighing{**reader, *head, found};
    if (auto weighed = weighing.weigh(request.known, old, help_against(old, request)); !weighed)
        return fail(weighed.error());
    if (!old.events) return found;
    found.restored.redacted_since = redacted_since(*old.events, **reader);
    tell_keys_since(*old.events, **reader, found.restored);
    return found;
}

Result<void> expect_place(const RestoreRequest& request) {
    const auto none = expect_none(request.ledger);
    if (none || (request.replaces && none.error().reason == "ledger-exists")) return {};
    if (none.error().reason != "ledger-exists") return none;
    return fail(Code::refused, "ledger-exists",
                "there is a ledger at " + request.ledger.string() + "; nothing was changed",
                "`--replace` moves it aside, and deletes nothing of it; or name another place "
                "with --to");
}

Result<std::optional<fs::path>> move_aside(const fs::path& ledger, ledger::Clock& clock) {
    std::error_code error;
    if (!fs::exists(ledger, error) || fs::is_empty(ledger, error)) return std::optional<fs::path>{};
    const auto lock = WriterLock::take(lock_of(ledger), std::chrono::milliseconds{0},
                                       "varve ledger restore", clock.now_us());
    if (!lock) return fail(lock.error());
    const fs::path aside =
        free_name(ledger.string() + moved_aside_suffix + day_and_time(clock.now_us()));
    if (!fs::exists(aside, error)) fs::rename(ledger, aside, error);
    if (!error && !fs::exists(ledger)) return std::optional{aside};
    return fail(Code::unavailable, "ledger-unreachable",
                ledger.string() + " could not be renamed to " + aside.string(),
                "nothing was changed; look at the rights of its parent folder");
}

Result<void> put_in_place(const RestoreRequest& request, NewFolder& making, Restoration& found,
                          ledger::Clock& clock) {
    auto moved = move_aside(request.ledger, clock);
    if (!moved) return fail(moved.error());
    found.moved_to = std::move(*moved);
    const auto placed = making.take_place();
    if (placed && *placed) return {};
    std::error_code ignored;
    if (found.moved_to) fs::rename(*found.moved_to, request.ledger, ignored);
    if (!placed) return fail(placed.error());
    return fail(Code::refused, "ledger-exists",
                "somebody else has put something at " + request.ledger.string(),
                "look at it first; nothing was changed");
}

}  // namespace

Result<Restoration> restore(const RestoreRequest& given, ledger::Clock& clock) {
    RestoreRequest request = given;
    request.source = tidy_path(given.source);
    request.ledger = behind_links(tidy_path(given.ledger));
    if (auto may = expect_place(request); !may) return fail(may.error());
    if (request.ledger != behind_links(request.source) && is_within(request.ledger, request.source))
        return fail(Code::refused, "destination-unfit",
                    request.ledger.string() + " is inside the copy's own folder",
                    "name a folder elsewhere; nothing was changed");
    NewFolder making{request.ledger, "restoring"};
    if (auto begun = making.begin(); !begun) return fail(begun.error());
    if (auto filled = fill(request, making.folder()); !filled) return fail(filled.error());
    std::error_code ignored;
    fs::remove(lock_of(making.folder()), ignored);
    const auto anchor = read_anchor(making.folder());
    if (!anchor) return fail(anchor.error());
    if (auto whole = expect_whole(making.folder(), anchor->size, anchor->root); !whole)
        return fail(whole.error());
    auto found = compare(request, making.folder(), clock);
    if (!found) return found;
    if (auto marked = write_file(restored_of(making.folder()), to_text(found->restored)); !marked)
        return fail(marked.error());
    if (auto on = expect_not_stopped(request.is_stopped); !on) return fail(on.error());
    if (auto room = expect_room(request.ledger.parent_path(), request.reserve_bytes + opening_bytes,
                                "make room, then the same command again: nothing was put in place");
        !room)
        return fail(room.error());
    if (auto placed = put_in_place(request, making, *found, clock); !placed)
        return fail(placed.error());
    return found;
}

Result<std::optional<Restored>> read_restored(const fs::path& ledger) {
    const auto text = read_file(restored_of(tidy_path(ledger)));
    if (!text) return fail(text.error());
    if (!*text) return std::optional<Restored>{};
    auto restored = restored_from_text(**text);
    if (!restored) return fail(restored.error());
    return std::optional{std::move(*restored)};
}

Result<ledger::Appended> accept_loss(const fs::path& given, const Restored& restored,
                                     const ledger::Context& context, ledger::Clock& clock) {
    const fs::path path = tidy_path(given);
    OpenOptions options;
    options.command = "varve ledger restore";
    options.accepts_restored = true;
    const auto store = Store::open(path, clock, options);
    if (!store) return fail(store.error());
    ledger::Append append;
    append.context = context;
    ledger::LedgerRestored data = restored.data;
    for (const std::string& who : restored.unasked) data.known_by.push_back("not asked: " + who);
    append.drafts.push_back(
        {std::string{ledger::ledger_stream}, restored.event, std::move(data), {}});
    auto appended = (*store)->append(std::move(append));
    if (!appended) return appended;
    std::error_code error;
    fs::remove(restored_of(path), error);
    if (error)
        return fail(Code::unavailable, "ledger-unreachable",
                    restored_of(path).string() + ": " + error.message(),
                    "the event is written; the same command again takes this mark away");
    if (auto synced = sync_folder(path); !synced) return fail(synced.error());
    return appended;
}

}  // namespace adapters::rocksdb
