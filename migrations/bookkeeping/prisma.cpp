// Prisma: _prisma_migrations(id, checksum, finished_at, migration_name, logs, rolled_back_at,
// started_at, applied_steps_count). A row for every try. The checksum is the SHA-256 of
// migration.sql, in hex, and line endings may have changed since. `migrate resolve --applied`
// leaves a finished row of no steps; `--rolled-back` gives a failed one its rolled_back_at.
#include "ledger/clean.hpp"
#include "migrations/bookkeeping/checksum.hpp"
#include "migrations/bookkeeping/readers.hpp"

#include <algorithm>
#include <array>

namespace migrations::bookkeeping {

namespace {

// As Prisma wrote a checksum in its first releases: a byte's leading zero was left out.
std::string without_leading_zeros(const std::string& hex) {
    std::string text;
    for (std::size_t index = 0; index < hex.size(); ++index)
        if (index % 2 != 0 || hex[index] != '0') text += hex[index];
    return text;
}

bool matches(const Script& script, const std::string& checksum) {
    const std::array digests = {script.digest, ledger::sha256(with_line_ends(script.bytes, "\n")),
                                ledger::sha256(with_line_ends(script.bytes, "\r\n"))};
    return std::any_of(digests.begin(), digests.end(), [&](const ledger::Digest& digest) {
        const std::string hex = ledger::hex(digest);
        const bool whole = checksum.size() == hex.size();
        return checksum == (whole ? hex : without_leading_zeros(hex));
    });
}

Entry read_entry(const Index& index, const RowView& row) {
    const std::string name = row.text("migration_name");
    Entry entry = entry_of(find(index, name), name, name);
    entry.recorded_checksum = row.cell("checksum");
    if (entry.migration && entry.recorded_checksum && !entry.recorded_checksum->empty())
        entry.agrees = matches(entry.migration->up, *entry.recorded_checksum);
    entry.applied_at_us = row.number("finished_at");
    const auto started = row.number("started_at");
    if (entry.applied_at_us && started && *started <= *entry.applied_at_us)
        entry.elapsed_us = static_cast<std::uint64_t>(*entry.applied_at_us - *started);
    return entry;
}

// What comes after a heading, up to the end of its line, or to the next empty line; "" where there
// is none.
std::string after(std::string_view log, std::string_view heading, std::string_view end) {
    const std::size_t found = log.find(heading);
    if (found == log.npos) return "";
    const std::string_view rest = log.substr(found + heading.size());
    const std::size_t begin = rest.find_first_not_of(" \n");
    if (begin == rest.npos) return "";
    return std::string{rest.substr(begin, rest.find(end, begin) - begin)};
}

// The database's error, which comes after advice; else what the log begins with. All of it is in
// the rows.
std::string gist(const std::string& log) {
    const std::string code = after(log, "Database error code:", "\n");
    const std::string error = after(log, "Database error:", "\n\n");
    if (!error.empty()) return error + (code.empty() ? "" : " (SQLSTATE " + code + ")");
    return code.empty() ? log.substr(0, log.find('\n')) : "SQLSTATE " + code;
}

std::string told_log(const RowView& row) {
    constexpr std::size_t log_bytes_max = 200;
    std::string log = row.text("logs");
    std::erase(log, '\r');
    if (log.empty()) return "";
    std::string text = gist(log);
    std::replace(text.begin(), text.end(), '\n', ' ');
    return ": " + ledger::clean(text, log_bytes_max);
}

void tell(Telling& telling, const Index& index, const RowView& row) {
    Entry entry = read_entry(index, row);
    const std::string name = in_quotes(row.text("migration_name"));
    const auto started = row.number("started_at");
    if (row.cell("rolled_back_at"))
        return telling.find(name + " failed" + on_day(started) + " and was marked rolled back" +
                            on_day(row.number("rolled_back_at")) +
                            " (migrate resolve --rolled-back)" + told_log(row));
    if (!row.cell("finished_at"))
        return telling.leave_open(
            name + " was begun" + on_day(started) + " and never finished" + told_log(row),
            std::move(entry));
    if (row.text("applied_steps_count") == "0")
        telling.find(name + " was marked as applied" + on_day(entry.applied_at_us) +
                     " and never run (migrate resolve --applied)");
    else if (row.cell("logs") && !row.text("logs").empty())
        telling.find(name + " has a log" + told_log(row));
    telling.adopt(std::move(entry));
}

}  // namespace

void read_prisma(Telling& telling) {
    const Index index = index_by(telling.folder(),
                                 [](const Migration& migration) { return migration.version.text; });
    for (const RowView& row : rows_by(telling.table(), "started_at")) tell(telling, index, row);
}

}  // namespace migrations::bookkeeping
