// migrations/bookkeeping/history.hpp: what another tool says of a database, held against the
// migrations folder.
//
// Pure     rows and files in, entries and sentences out; one file a tool.
// Words    entry: a migration that the tool counts as applied. finding: what it skipped, hid or
//          never told, a sentence each. unfinished: what it began, and nobody knows the end of;
//          in_doubt "import-unfinished" where nobody has said either.
// Errors   refused "import-row-left": two migrations have one version there, and a row has no file.
#pragma once

#include "ledger/identity.hpp"
#include "ledger/result.hpp"
#include "migrations/bookkeeping/table.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "migrations/migration.hpp"
#include "migrations/source_tree.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace migrations::bookkeeping {

struct Entry {
    const Migration* migration{};  // of the folder; null: its file is gone
    ledger::Version version;
    std::string name;
    // As the table has it; nothing where the tool keeps none.
    std::optional<std::string> recorded_version;
    std::optional<std::string> recorded_checksum;
    std::optional<bool> agrees;  // the checksum with the file
    std::optional<std::int64_t> applied_at_us;
    std::optional<std::string> applied_by;
    std::optional<std::uint64_t> elapsed_us;
    bool is_baseline{};  // what was there before the tool: it never had a file
    // What the tool says of it instead, where a person has said that it is applied. Its times are
    // those of what was never finished.
    std::optional<std::string> unfinished;
    bool operator==(const Entry&) const = default;
};

struct History {
    std::string tool;
    std::string table;
    std::uint32_t row_count{};
    bool is_of_layout{};         // the folder is in the tool's own layout
    std::vector<Entry> entries;  // in the order in which the tool applied them
    std::vector<std::string> findings;
    std::string rows;  // a line of JSON each
    // Also where a row is nobody's ("import-row-left"). Then nothing is told of files.
    std::optional<ledger::Error> unfinished;
    bool is_decided{};  // something is unfinished, and a person has said what is true
};

// What a person says is true of everything unfinished.
enum class UnfinishedAs { applied, unapplied };

struct Source {
    const Folder& folder;  // outlives the history
    const SourceTree& tree;
    std::optional<UnfinishedAs> unfinished;
};

[[nodiscard]] ledger::Result<History> read_history(const KnownTool& tool,
                                                   const std::vector<Table>& tables,
                                                   const Source& source);

// What every tool's reader writes to.
class Telling {
public:
    Telling(const std::vector<Table>& tables, const Source& source, History& history)
        : tables_{tables}, source_{source}, history_{history} {}
    Telling(const Telling&) = delete;
    Telling& operator=(const Telling&) = delete;

    [[nodiscard]] const std::string& tool() const { return history_.tool; }
    [[nodiscard]] bool is_of_layout() const { return history_.is_of_layout; }
    [[nodiscard]] const Table& table() const { return tables_.front(); }
    [[nodiscard]] const Table* companion(std::string_view name) const;
    [[nodiscard]] const Folder& folder() const { return source_.folder; }
    [[nodiscard]] const SourceTree& tree() const { return source_.tree; }
    [[nodiscard]] std::optional<UnfinishedAs> unfinished_as() const { return source_.unfinished; }

    void find(std::string sentence) { history_.findings.push_back(std::move(sentence)); }

    // Once a version: what comes again is a finding.
    void adopt(Entry entry);
    [[nodiscard]] bool has(const ledger::Version& version) const;

    // Adopts it, or leaves it, as the person has said; remembers it where nobody has.
    void leave_open(const std::string& sentence, Entry entry);
    [[nodiscard]] const std::vector<std::string>& open() const { return open_; }

    // A row of what is applied whose file nobody can tell: left out, the file would run again.
    void leave_over(std::string recorded) { left_over_.push_back(std::move(recorded)); }
    [[nodiscard]] const std::vector<std::string>& left_over() const { return left_over_; }

private:
    const std::vector<Table>& tables_;
    const Source& source_;
    History& history_;
    std::map<ledger::Version, std::size_t> places_;
    std::vector<std::string> open_;
    std::vector<std::string> left_over_;
};

// The folder's migrations by what a tool calls them; the first of a kind wins.
using Index = std::map<std::string, const Migration*, std::less<>>;
[[nodiscard]] Index index_by(const Folder& folder,
                             const std::function<std::string(const Migration&)>& name);
[[nodiscard]] const Migration* find(const Index& index, std::string_view name);

// Without leading zeros: "000010" and "10" are one number.
[[nodiscard]] std::string as_number(std::string_view digits);

// An entry of the folder's migration, or, where there is none, of a file that is gone.
[[nodiscard]] Entry entry_of(const Migration* migration, const std::string& recorded,
                             const std::string& name = {});

[[nodiscard]] std::string in_quotes(std::string_view text);
[[nodiscard]] std::string on_day(std::optional<std::int64_t> instant_us);  // " on 2026-01-05"
// "a, b, c and 4 more"
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace migrations::bookkeeping
