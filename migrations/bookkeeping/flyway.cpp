// Flyway: flyway_schema_history(installed_rank, version, description, type, script, checksum,
// installed_by, installed_on, execution_time, success). A row for everything that was done, undone
// (UNDO_...), presumed (BASELINE) and given up (DELETE, by repair); repeatable migrations have no
// version, and their newest row counts. Times are in milliseconds.
#include "migrations/bookkeeping/checksum.hpp"
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/layouts/reading.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <utility>

namespace migrations::bookkeeping {

namespace {

using ledger::MigrationKind;

enum class Fate { applied, failed, undone, deleted };

struct Life {
    Entry entry;
    Fate fate{};
    std::string said;  // why it is not applied
};

// "1", "01" and "1.0" are one version.
std::string as_dotted(std::string_view version) {
    std::string key;
    std::string zeros;
    while (!version.empty()) {
        const std::size_t end = version.find_first_of("._");
        const std::string part = as_number(version.substr(0, end));
        version = end == std::string_view::npos ? std::string_view{} : version.substr(end + 1);
        zeros += "." + part;
        if (part != "0") key += std::exchange(zeros, {});
    }
    return key;
}

class Flyway {
public:
    explicit Flyway(Telling& telling)
        : telling_{telling}, index_{index_by(telling.folder(), [](const Migration& migration) {
              return key_of(migration);
          })} {}

    void run() {
        for (const RowView& row : rows_by(telling_.table(), "installed_rank")) see(row);
        for (const auto& key : order_) tell(lives_[key]);
    }

private:
    static std::string key_of(const Migration& migration) {
        const std::string& version = migration.version.text;
        if (migration.kind == MigrationKind::repeatable) return "R" + migration.name;
        if (migration.kind == MigrationKind::baseline) return "B" + as_dotted(version.substr(1));
        return "V" + as_dotted(version);
    }

    static bool is_undo(const std::string& type) { return type.starts_with("UNDO"); }

    static std::string key_of(const RowView& row, const std::string& type) {
        if (!row.cell("version")) return "R" + row.text("description");
        return (type == "SQL_BASELINE" ? "B" : "V") + as_dotted(row.text("version"));
    }

    void see(const RowView& row) {
        const std::string type = row.text("type");
        if (type == "SCHEMA") return tell_of_schemas(row);
        if (type == "BASELINE" || type == "INIT") return presume(row, true);
        const std::string key = key_of(row, type);
        if (type == "SQL_BASELINE" && row.is_true("success")) stand_for(row, key);
        Life& life = lives_[key];
        if (is_undo(type)) return undo(row, life);
        if (type == "DELETE") return give_up(row, life);
        std::erase(order_, key);
        order_.push_back(key);
        life = {entry_from(row, key, type), Fate::applied, {}};
        if (row.is_true("success")) return tell_of_order(row, type);
        life.fate = Fate::failed;
        life.said = in_quotes(name_of(row)) + " failed" + on_day(row.number("installed_on")) +
                    " and was never repaired: part of it may be there";
    }

    static std::string name_of(const RowView& row) {
        return row.cell("version").value_or(row.text("description"));
    }

    // What a migration whose file is gone is called: as its file would be, were it there again.
    static std::string gone_version(const RowView& row, const std::string& type) {
        if (const auto version = row.cell("version"))
            return (type == "SQL_BASELINE" ? "B" : "") + *version;
        const std::string script = row.text("script");
        const std::string_view file = layouts::base_name(script);
        if (file.starts_with("R__") && file.ends_with(".sql"))
            return std::string{file.substr(0, file.rfind('.'))};
        return "R__" + row.text("description");
    }

    Entry entry_from(const RowView& row, const std::string& key, const std::string& type) {
        const auto version = row.cell("version");
        Entry entry = entry_of(find(index_, key), gone_version(row, type), row.text("description"));
        entry.recorded_version = version;
        entry.recorded_checksum = row.cell("checksum");
        if (entry.migration && entry.recorded_checksum)
            entry.agrees = agrees(*entry.migration, *entry.recorded_checksum);
        entry.applied_at_us = row.number("installed_on");
        entry.applied_by = row.cell("installed_by");
        constexpr std::uint64_t us_per_ms = 1000;
        if (const auto elapsed = row.number("execution_time"); elapsed && *elapsed >= 0)
            entry.elapsed_us = static_cast<std::uint64_t>(*elapsed) * us_per_ms;
        if (type != "SQL" && type != "SQL_BASELINE")
            telling_.find(in_quotes(name_of(row)) + " was no SQL but " + type + " (" +
                          row.text("script") + ")");
        return entry;
    }

    // Of a repeatable one Flyway takes the text with its placeholders replaced.
    static bool agrees(const Migration& migration, const std::string& checksum) {
        if (flyway_checksum(migration.up.bytes) == checksum) return true;
        return migration.kind == MigrationKind::repeatable &&
               flyway_checksum(migration.up.text) == checksum;
    }

    void tell_of_order(const RowView& row, const std::string& type) {
        if (!row.cell("version") || type == "SQL_BASELINE") return;
        const std::string version = row.text("version");
        if (compare_dotted(version, newest_) < 0)
            telling_.find(in_quotes(version) + " was applied out of order, after " +
                          in_quotes(newest_));
        else
            newest_ = version;
    }

    void undo(const RowView& row, Life& life) {
        const std::string when = on_day(row.number("installed_on"));
        if (!row.is_true("success")) {
            life.fate = Fate::failed;
            life.said = "undoing " + in_quotes(name_of(row)) + " failed" + when +
                        ": part of it may still be there";
            return;
        }
        life.fate = Fate::undone;
        life.said = in_quotes(name_of(row)) + " was undone" + when + " and is not applied";
    }

    static void give_up(const RowView& row, Life& life) {
        life.fate = Fate::deleted;
        life.said = in_quotes(name_of(row)) + " was marked deleted by repair" +
                    on_day(row.number("installed_on")) +
                    ": it does not count as applied, and what it did may still be there";
    }

    void tell_of_schemas(const RowView& row) {
        telling_.find("Flyway itself has made the schema " + row.text("script") +
                      on_day(row.number("installed_on")) +
                      ": no script does, and the first one finds it there");
    }

    // Versioned files at or below it that no row has told of yet.
    [[nodiscard]] std::vector<const Migration*> untold_up_to(const std::string& version) const {
        std::vector<const Migration*> found;
        for (const Migration& migration : telling_.folder().migrations)
            if (migration.kind == MigrationKind::versioned &&
                compare_dotted(migration.version.text, version) <= 0 &&
                !lives_.contains(key_of(migration)))
                found.push_back(&migration);
        return found;
    }

    static std::string listed_versions(const std::vector<const Migration*>& migrations) {
        std::vector<std::string> versions;
        for (const Migration* migration : migrations) versions.push_back(migration->version.text);
        return listed(versions);
    }

    // A baseline's script that was run stands for what is at or below it. Where its file is gone,
    // those files stand for it.
    void stand_for(const RowView& row, const std::string& key) {
        if (find(index_, key) == nullptr) return presume(row, false);
        newest_ = row.text("version");
        const auto replaced = untold_up_to(newest_);
        if (!replaced.empty())
            telling_.find("Flyway has run the baseline's script " + in_quotes("B" + newest_) +
                          on_day(row.number("installed_on")) + ", which stands for " +
                          listed_versions(replaced) + ": not run here, and not needed");
    }

    // Everything up to a baseline is there, though Flyway never ran it here.
    void presume(const RowView& row, bool was_there_before) {
        newest_ = row.text("version");
        const std::string what =
            "Flyway's baseline is at " + in_quotes(newest_) + on_day(row.number("installed_on"));
        const auto presumed = untold_up_to(newest_);
        for (const Migration* migration : presumed) {
            Entry entry = entry_of(migration, migration->version.text);
            entry.recorded_version.reset();
            count(key_of(*migration), std::move(entry));
        }
        if (!presumed.empty())
            telling_.find(what + ": presumed to be there, and never run by Flyway here: " +
                          listed_versions(presumed));
        else if (was_there_before && order_.empty())
            adopt_baseline(row, what);
        else
            telling_.find(what);
    }

    // No file says what was there before: it counts as applied all the same, so that it is missed
    // where its SQL is asked for.
    void adopt_baseline(const RowView& row, const std::string& what) {
        telling_.find(what + ": no file is at or below it, and it counts as applied without one");
        Entry entry = entry_of(nullptr, newest_, row.text("description"));
        entry.is_baseline = true;
        entry.applied_at_us = row.number("installed_on");
        entry.applied_by = row.cell("installed_by");
        const std::string key = "V" + as_dotted(newest_);
        if (!lives_.contains(key)) count(key, std::move(entry));
    }

    void count(const std::string& key, Entry entry) {
        order_.push_back(key);
        lives_[key] = {std::move(entry), Fate::applied, {}};
    }

    void tell(Life& life) {
        if (life.fate == Fate::failed) return telling_.leave_open(life.said, std::move(life.entry));
        if (life.fate != Fate::applied) return telling_.find(life.said);
        const Entry& entry = life.entry;
        const bool repeats = entry.migration && entry.migration->kind == MigrationKind::repeatable;
        if (repeats && entry.agrees == false)
            return telling_.find(in_quotes(entry.version.text) + " was applied" +
                                 on_day(entry.applied_at_us) +
                                 ", and its file has changed since: it is pending again");
        telling_.adopt(std::move(life.entry));
    }

    Telling& telling_;
    Index index_;
    std::map<std::string, Life> lives_;
    std::vector<std::string> order_;
    std::string newest_;
};

}  // namespace

void read_flyway(Telling& telling) { Flyway{telling}.run(); }

}  // namespace migrations::bookkeeping
