#include "adapters/rocksdb/unerased.hpp"

#include "adapters/rocksdb/content_row.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/new_folder.hpp"
#include "adapters/rocksdb/unfinished_erasing.hpp"

#include <rocksdb/iterator.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Digest;
using ledger::fail;
using ledger::Result;

namespace {

using Digests = std::set<Digest>;

// Nothing where a line is of another form.
std::optional<Digests> digests_in(std::string_view text) {
    Digests digests;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        const auto digest = ledger::digest_from_hex(line);
        if (!digest) return std::nullopt;
        digests.insert(*digest);
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return digests;
}

Result<Digests> all_redacted(const Database& database) {
    Digests digests;
    const auto rows = database.scan(Family::content);
    for (; rows->Valid(); rows->Next())
        if (rows->value().ToStringView() == tombstone &&
            rows->key().size() == sizeof(Digest::bytes))
            digests.insert(digest_of(rows->key().ToStringView()));
    if (!rows->status().ok()) return fail(error_of(rows->status(), "reading"));
    return digests;
}

// Of what the file names, that which is redacted.
Result<Digests> left_over(const fs::path& ledger, const Database& database) {
    const auto text = read_file(unerased_of(ledger));
    if (!text) return fail(text.error());
    const auto named = digests_in(text->value_or(""));
    if (!named) return all_redacted(database);
    Digests digests;
    for (const Digest& digest : *named) {
        const auto row = database.get(Family::content, bytes_of(digest));
        if (!row) return fail(row.error());
        if (*row && **row == tombstone) digests.insert(digest);
    }
    return digests;
}

Result<void> erase_from_files(Database& database, const Digest& digest) {
    const auto status = database.erase_below(Family::content, bytes_of(digest));
    if (!status.ok()) return fail(error_of(status, "erasing redacted content"));
    return {};
}

}  // namespace

bool Unerased::is_left_over() const {
    std::error_code error;
    return fs::exists(unerased_of(ledger_), error) || error;
}

Result<void> Unerased::finish(Database& database) {
    const std::scoped_lock lock{mutex_};
    if (!is_left_over()) return {};
    const auto digests = left_over(ledger_, database);
    if (!digests) return fail(digests.error());
    for (const Digest& digest : *digests)
        if (auto erased = erase_from_files(database, digest); !erased) return erased;
    return write();
}

Result<void> Unerased::remember(std::span<const Digest> digests) {
    if (digests.empty()) return {};
    const std::scoped_lock lock{mutex_};
    digests_.insert(digests.begin(), digests.end());
    return write();
}

Result<void> Unerased::erase(Database& database, std::span<const Digest> digests) {
    if (digests.empty()) return {};
    const std::scoped_lock lock{mutex_};
    for (const Digest& digest : digests)
        if (auto erased = erase_from_files(database, digest); !erased) return erased;
    for (const Digest& digest : digests) digests_.erase(digest);
    return write();
}

// That the old files are gone is on disk before this file says so.
Result<void> Unerased::write() const {
    if (!digests_.empty()) {
        std::string text;
        for (const Digest& digest : digests_) text += ledger::hex(digest) + "\n";
        return write_file(unerased_of(ledger_), text);
    }
    if (auto synced = sync_folder(events_of(ledger_)); !synced) return synced;
    std::error_code error;
    fs::remove(unerased_of(ledger_), error);
    if (error)
        return fail(ledger::Code::unavailable, "ledger-unreachable",
                    unerased_of(ledger_).string() + ": " + error.message(),
                    "it needs a folder that you may write to");
    return sync_folder(ledger_);
}

bool is_erasing_unfinished(const fs::path& ledger) {
    return Unerased{tidy_path(ledger)}.is_left_over();
}

}  // namespace adapters::rocksdb
