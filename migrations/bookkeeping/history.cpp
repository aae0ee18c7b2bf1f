#include "migrations/bookkeeping/history.hpp"

#include "ledger/listed.hpp"
#include "migrations/bookkeeping/readers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migrations::bookkeeping {

namespace {

constexpr std::size_t listed_max = 12;

struct NamedReader {
    std::string_view tool;
    void (*read)(Telling&);
};

constexpr std::array readers{
    NamedReader{"flyway", read_flyway},
    NamedReader{"golang-migrate", read_golang_migrate},
    NamedReader{"drizzle", read_drizzle},
    NamedReader{"prisma", read_prisma},
    NamedReader{"supabase", read_versions},
    NamedReader{"dbmate", read_versions},
    NamedReader{"goose", read_goose},
    NamedReader{"diesel", read_versions},
    NamedReader{"sqlx", read_sqlx},
    NamedReader{"sqitch", read_sqitch},
    NamedReader{"node-pg-migrate", read_node_pg_migrate},
    NamedReader{"tern", read_tern},
    NamedReader{"atlas", read_atlas},
    NamedReader{"hasura", read_hasura},
    NamedReader{"sourcegraph", read_sourcegraph},
};

void tell_of_gone_files(History& history) {
    std::vector<std::string> gone;
    for (const Entry& entry : history.entries)
        if (entry.migration == nullptr && !entry.is_baseline) gone.push_back(entry.version.text);
    if (gone.empty()) return;
    history.findings.push_back(
        "the file of what was applied is gone, and it counts as applied without one: " +
        listed(gone));
}

ledger::Error unfinished(const std::vector<std::string>& open) {
    std::string detail;
    for (const std::string& sentence : open) detail += (detail.empty() ? "" : "; ") + sentence;
    return {ledger::Code::in_doubt, "import-unfinished", std::move(detail),
            "look at the database and say what is true: --unfinished applied, or --unfinished "
            "unapplied"};
}

ledger::Error row_left(const History& history, const std::vector<std::string>& rows) {
    return {ledger::Code::refused, "import-row-left",
            history.table + " has " + listed(rows) +
                " as applied, and another migration has that version, so that nobody knows whose "
                "file it is: it would be run again",
            "where its file has another name now, give the row the same: UPDATE " + history.table +
                " SET name = 'NEW NAME WITHOUT .sql' WHERE name = '" + rows.front() +
                "'; where its file is gone, or is no more to be run, take the row out; or varve "
                "baseline V --despite-history --reason WHY counts everything up to V as applied"};
}

}  // namespace

ledger::Result<History> read_history(const KnownTool& tool, const std::vector<Table>& tables,
                                     const Source& source) {
    History history;
    history.tool = tool.name;
    history.table = qualified(tables.front().shape);
    history.row_count = static_cast<std::uint32_t>(tables.front().rows.size());
    history.is_of_layout = std::find(tool.layouts.begin(), tool.layouts.end(),
                                     source.folder.layout) != tool.layouts.end();
    history.rows = json_lines(tables);
    Telling telling{tables, source, history};
    const auto reader = std::find_if(readers.begin(), readers.end(),
                                     [&](const auto& each) { return each.tool == tool.name; });
    reader == readers.end() ? read_names(telling) : reader->read(telling);
    if (!telling.left_over().empty())
        history.unfinished = row_left(history, telling.left_over());
    else if (telling.open().empty())
        tell_of_gone_files(history);
    else
        history.unfinished = unfinished(telling.open());
    return history;
}

const Table* Telling::companion(std::string_view name) const {
    for (const Table& table : tables_)
        if (&table != &tables_.front() && table.shape.name == name) return &table;
    return nullptr;
}

bool Telling::has(const ledger::Version& version) const { return places_.contains(version); }

void Telling::adopt(Entry entry) {
    if (entry.version.text.empty()) return find("a row has no version, and is left out");
    if (has(entry.version)) return find(in_quotes(entry.version.text) + " is recorded twice");
    places_[entry.version] = history_.entries.size();
    history_.entries.push_back(std::move(entry));
}

void Telling::leave_open(const std::string& sentence, Entry entry) {
    if (!source_.unfinished) return open_.push_back(sentence);
    history_.is_decided = true;
    const bool applied = *source_.unfinished == UnfinishedAs::applied;
    find(sentence + (applied ? "; taken over as applied, as was said"
                             : "; taken as not applied, as was said"));
    if (!applied) return;
    entry.unfinished = sentence;
    adopt(std::move(entry));
}

Index index_by(const Folder& folder, const std::function<std::string(const Migration&)>& name) {
    Index index;
    for (const Migration& migration : folder.migrations) index.emplace(name(migration), &migration);
    return index;
}

const Migration* find(const Index& index, std::string_view name) {
    const auto found = index.find(name);
    return found == index.end() ? nullptr : found->second;
}

std::string as_number(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    if (digits.empty() || first == std::string_view::npos) return digits.empty() ? "" : "0";
    return std::string{digits.substr(first)};
}

Entry entry_of(const Migration* migration, const std::string& recorded, const std::string& name) {
    Entry entry;
    entry.migration = migration;
    entry.version = migration ? migration->version : ledger::Version{recorded};
    entry.name = migration ? migration->name : name;
    entry.recorded_version = recorded;
    return entry;
}

void compare_checksum(Telling& telling, Entry& entry, Checksum of) {
    if (!entry.migration || !entry.recorded_checksum) return;
    const std::string& bytes = entry.migration->up.bytes;
    entry.agrees = of(bytes) == *entry.recorded_checksum;
    if (!*entry.agrees && matches_with_other_line_ends(bytes, *entry.recorded_checksum, of))
        telling.find(entry.migration->up.path +
                     " differs from what was applied in its line ends alone (LF, CRLF)");
}

std::string in_quotes(std::string_view text) { return "\"" + std::string{text} + "\""; }

std::string on_day(std::optional<std::int64_t> instant_us) {
    return instant_us ? " on " + date_text(*instant_us) : std::string{};
}

std::string listed(const std::vector<std::string>& names) {
    return ledger::listed(names, listed_max);
}

}  // namespace migrations::bookkeeping
