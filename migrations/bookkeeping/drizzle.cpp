// Drizzle: __drizzle_migrations(id, hash, created_at), and in newer releases name and applied_at
// too. The hash is the SHA-256 of the file's text; created_at is not when it ran but the `when` of
// its entry in meta/_journal.json, or the instant that the folder's name begins with, in
// milliseconds. A folder's name has but seconds: where a journal was turned into folders, the rows
// of before have more, which Drizzle itself cuts off. The older form applies only what is newer
// than the newest created_at: what was generated earlier and merged later it leaves out, and says
// nothing.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/layouts/reading.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

namespace migrations::bookkeeping {

namespace {

using Json = nlohmann::json;
using Instants = std::map<std::string, std::int64_t>;  // of every tag, in milliseconds

const std::string* journal_of(const SourceTree& tree) {
    for (const auto& [path, file] : tree.files)
        if (path == "meta/_journal.json" || path.ends_with("/meta/_journal.json"))
            return &file.bytes;
    return nullptr;
}

Instants read_journal(const std::string& text) {
    Instants instants;
    const Json journal = Json::parse(text, nullptr, false);
    if (!journal.is_object() || !journal.contains("entries")) return instants;
    for (const Json& entry : journal["entries"]) {
        if (!entry.is_object() || !entry.contains("tag") || !entry.contains("when")) continue;
        if (entry["tag"].is_string() && entry["when"].is_number())
            instants[entry["tag"].get<std::string>()] = entry["when"].get<std::int64_t>();
    }
    return instants;
}

// "20240506123000_name": an instant in UTC.
std::optional<std::int64_t> instant_of_name(std::string_view name) {
    constexpr std::size_t digits_count = 14;
    if (leading_digits(name).size() < digits_count) return std::nullopt;
    const auto number = [&](std::size_t begin, std::size_t length) {
        return std::stoi(std::string{name.substr(begin, length)});
    };
    const std::chrono::year_month_day date{std::chrono::year{number(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(number(4, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(6, 2))}};
    if (!date.ok()) return std::nullopt;
    const auto instant = std::chrono::sys_days{date} + std::chrono::hours{number(8, 2)} +
                         std::chrono::minutes{number(10, 2)} + std::chrono::seconds{number(12, 2)};
    return std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch())
        .count();
}

class Drizzle {
public:
    explicit Drizzle(Telling& telling) : telling_{telling} {
        const std::string* journal = journal_of(telling.tree());
        has_journal_ = journal != nullptr;
        if (journal) instants_ = read_journal(*journal);
        for (const Migration& migration : telling.folder().migrations) {
            const std::string& tag = migration.version.text;
            if (!has_journal_)
                if (const auto instant = instant_of_name(tag)) instants_[tag] = *instant;
            if (instants_.contains(tag)) by_instant_.emplace(instants_[tag], &migration);
            by_hash_.emplace(ledger::hex(migration.up.digest), &migration);
        }
    }

    void run() {
        std::optional<std::int64_t> newest;
        for (const RowView& row : rows_by(telling_.table(), "id")) {
            see(row);
            if (const auto at = instant_of(row)) newest = std::max(newest, at);
        }
        if (newest && has_journal_) tell_of_skipped(*newest);
    }

private:
    [[nodiscard]] std::optional<std::int64_t> instant_of(const RowView& row) const {
        constexpr std::int64_t ms_per_second = 1000;
        const auto at = row.number("created_at");
        if (!at || has_journal_) return at;
        return *at - *at % ms_per_second;
    }

    [[nodiscard]] const Migration* match(const RowView& row) const {
        const auto name = row.cell("name");
        if (name)
            for (const Migration& migration : telling_.folder().migrations)
                if (migration.version.text == *name) return &migration;
        const std::string hash = row.text("hash");
        const auto at = instant_of(row);
        const auto place = at ? by_instant_.find(*at) : by_instant_.end();
        const Migration* by_instant = place == by_instant_.end() ? nullptr : place->second;
        if (by_instant && ledger::hex(by_instant->up.digest) == hash) return by_instant;
        const auto found = by_hash_.find(hash);
        return found != by_hash_.end() ? found->second : by_instant;
    }

    void see(const RowView& row) {
        const Migration* migration = match(row);
        const std::string hash = row.text("hash");
        const std::string recorded = row.cell("name").value_or(row.text("created_at"));
        Entry entry = entry_of(migration, recorded, recorded);
        entry.recorded_checksum = hash;
        compare_checksum(telling_, entry, sha256_hex);
        // Where it is not kept, nobody knows when it was applied: created_at is not that.
        entry.applied_at_us = row.number("applied_at");
        if (!migration)
            telling_.find("no file has the hash of the row of " + recorded + " (" +
                          hash.substr(0, 12) + ")");
        else
            tell_of_instant(row, *migration);
        telling_.adopt(std::move(entry));
    }

    void tell_of_instant(const RowView& row, const Migration& migration) {
        const auto at = instant_of(row);
        const auto planned = instants_.find(migration.version.text);
        if (!at || planned == instants_.end() || *at == planned->second) return;
        telling_.find(in_quotes(migration.version.text) + " was recorded as of " +
                      std::to_string(*at) + ", and its own instant is " +
                      std::to_string(planned->second) + ": Drizzle may apply it again");
    }

    void tell_of_skipped(std::int64_t newest) {
        for (const Migration& migration : telling_.folder().migrations) {
            const auto at = instants_.find(migration.version.text);
            if (at == instants_.end() || at->second > newest || telling_.has(migration.version))
                continue;
            telling_.find(in_quotes(migration.version.text) +
                          " was never applied: its `when` in the journal is not newer than that "
                          "of the newest applied, so Drizzle has left it out in silence");
        }
    }

    Telling& telling_;
    bool has_journal_{};
    Instants instants_;
    std::map<std::int64_t, const Migration*> by_instant_;
    std::map<std::string, const Migration*> by_hash_;
};

}  // namespace

void read_drizzle(Telling& telling) { Drizzle{telling}.run(); }

}  // namespace migrations::bookkeeping
