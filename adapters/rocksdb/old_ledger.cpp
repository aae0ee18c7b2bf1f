#include "adapters/rocksdb/old_ledger.hpp"

#include "adapters/rocksdb/anchor.hpp"

#include <optional>
#include <system_error>
#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;

namespace {

bool is_empty_place(const fs::path& ledger) {
    std::error_code error;
    return !fs::exists(ledger, error) || fs::is_empty(ledger, error);
}

// The names end in a time, so the last of them is the newest.
std::optional<fs::path> newest_moved_aside(const fs::path& ledger) {
    const std::string begin = ledger.filename().string() + moved_aside_suffix;
    std::optional<fs::path> newest;
    std::error_code error;
    for (fs::directory_iterator entry{ledger.parent_path(), error};
         !error && entry != fs::directory_iterator{}; entry.increment(error)) {
        const fs::path& path = entry->path();
        if (path.filename().string().starts_with(begin) && (!newest || *newest < path))
            newest = path;
    }
    return newest;
}

// A loss that nobody has accepted yet is not forgotten because another copy is tried.
void take_undecided(const fs::path& folder, const ledger::Uuid& id, OldLedger& old) {
    const auto restored = read_restored(folder);
    if (!restored || !*restored) return;
    const ledger::LedgerRestored& data = (*restored)->data;
    if (data.lost_to <= data.size) return;
    for (const std::string& by : data.known_by)
        old.known.push_back({by, id, data.lost_to, data.lost_root});
}

}  // namespace

OldLedger ask_old_ledger(const fs::path& ledger, const ledger::Uuid& id) {
    OldLedger old{"old ledger", {}, nullptr, ledger};
    std::string anchor_name = "anchor";
    fs::path folder = ledger;
    const bool is_moved = is_empty_place(ledger);
    if (is_moved) {
        const auto moved = newest_moved_aside(ledger);
        if (!moved) return old;
        old.folder = folder = *moved;
        old.name = folder.filename().string();
        anchor_name += " of " + old.name;
    }
    if (const auto anchor = read_anchor(folder))
        old.known.push_back({anchor_name, anchor->ledger, anchor->size, anchor->root});
    if (auto reader = Reader::open(folder)) {
        if (const auto head = (*reader)->head()) {
            old.known.push_back({old.name, head->ledger, head->size, head->root});
            old.events = std::move(*reader);
        }
    }
    if (is_moved)
        for (const Known& known : old.known)
            if (known.ledger != id) return {old.name, {}, nullptr, folder};
    take_undecided(folder, id, old);
    return old;
}

}  // namespace adapters::rocksdb
