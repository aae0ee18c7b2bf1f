#include "tools/varve/rehearsal_view.hpp"

#include "adapters/postgres/statement_position.hpp"
#include "commands/concurrent_waits.hpp"
#include "commands/emptied_tables.hpp"
#include "migrations/secrets.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <unordered_map>

namespace tools::varve {

using commands::LockMode;
using commands::MeasuredStatement;
using commands::RelationLock;
using commands::RelationName;

namespace {

std::string on_one_line(const std::string& text, std::size_t width) {
    std::string line;
    for (const char each : text) {
        const bool is_space = each == '\n' || each == '\r' || each == '\t' || each == ' ';
        if (!is_space)
            line += each;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    if (line.size() <= width) return line;
    std::size_t end = width;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    return line.substr(0, end) + "…";
}

std::string milliseconds(std::uint64_t us) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f ms", static_cast<double>(us) / 1000);
    return text.data();
}

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3)
        text.insert(static_cast<std::size_t>(place), ",");
    return text;
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::uint64_t kibibyte = 1024;
    if (bytes < 10 * kibibyte) return grouped(bytes) + " B";
    if (bytes < 10 * kibibyte * kibibyte) return grouped(bytes / kibibyte) + " KiB";
    return grouped(bytes / kibibyte / kibibyte) + " MiB";
}

template <class Items, class ToText>
std::string listed(const Items& items, ToText to_item) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ", ") + to_item(item);
    return text;
}

std::string names_text(const std::vector<RelationName>& names) {
    return listed(names, [](const RelationName& name) { return to_text(name); });
}

// A mode a line, the strongest first; what nobody else can see is left out.
std::vector<std::string> lock_lines(const Console& console,
                                    const std::vector<RelationLock>& locks) {
    std::vector<std::string> lines;
    for (int mode = 8; mode > 1; --mode) {
        std::vector<RelationName> names;
        for (const RelationLock& lock : locks)
            if (!lock.is_new && static_cast<int>(lock.mode) == mode) names.push_back(lock.relation);
        if (names.empty()) continue;
        const auto lock_mode = static_cast<commands::LockMode>(mode);
        const auto blocked = commands::blocked_by(lock_mode);
        std::string line{words(lock_mode)};
        if (!blocked.empty()) line = console.paint(mode == 8 ? Colour::red : Colour::yellow, line);
        line += " on " + names_text(names);
        if (!blocked.empty()) line += ": blocks " + std::string{blocked};
        lines.push_back(std::move(line));
    }
    return lines;
}

std::string scan_text(const std::pair<const RelationName, commands::Scan>& scan) {
    return to_text(scan.first) + " (" + grouped(scan.second.rows) + " rows" +
           (scan.second.count > 1 ? ", " + std::to_string(scan.second.count) + " times" : "") + ")";
}

bool is_among(const std::vector<RelationName>& names, const RelationName& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// ALTER TYPE drops an index and makes another of its name: to people that is one that stays, built
// anew where its file is not kept.
bool is_built_anew(const MeasuredStatement& statement, const RelationName& name) {
    const auto& made = statement.new_files;
    return std::find(made.begin(), made.end(), std::pair{name, 'i'}) != made.end();
}

std::vector<RelationName> rebuilt_by(const MeasuredStatement& statement) {
    std::vector<RelationName> names = statement.reindexed;
    for (const RelationName& name : statement.dropped)
        if (is_built_anew(statement, name)) names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
}

// Measured, what is emptied is rewritten and read, since its file is another one.
MeasuredStatement without(const std::vector<RelationName>& emptied, MeasuredStatement statement) {
    std::erase_if(statement.rewritten,
                  [&](const RelationName& name) { return is_among(emptied, name); });
    std::erase_if(statement.reindexed, [&](const RelationName& name) {
        const auto table = statement.index_tables.find(name);
        return table != statement.index_tables.end() && is_among(emptied, table->second);
    });
    std::erase_if(statement.scans,
                  [&](const auto& scanned) { return is_among(emptied, scanned.first); });
    return statement;
}

std::vector<RelationName> taken_away_by(const MeasuredStatement& statement) {
    std::vector<RelationName> names = statement.dropped;
    std::erase_if(names, [&](const RelationName& name) {
        return is_built_anew(statement, name) || is_among(statement.index_files_reused, name);
    });
    return names;
}

std::string waited_for(const std::string& mode) {
    const auto known = commands::lock_mode(mode);
    const bool waits_for_readers = known && conflict(*known, LockMode::access_share);
    return waits_for_readers ? "read or written" : "written to";
}

// Who works CONCURRENTLY waits for others' transactions as such: virtualxid.
std::vector<std::string> wait_texts(const MeasuredStatement& statement) {
    std::vector<std::string> texts;
    if (!statement.ran_outside) return texts;
    const auto concurrent = commands::concurrent_waits(statement.text);
    if (concurrent) texts.push_back("waits for " + commands::words(*concurrent));
    for (const auto& [what, mode] : statement.waits)
        if (!concurrent || what != "virtualxid")
            texts.push_back("waits for transactions that have " + waited_for(mode) +
                            " its table (" + what + ")");
    return texts;
}

void print_effects(const Console& console, const MeasuredStatement& statement,
                   const std::vector<RelationName>& emptied) {
    const auto say = [&](const std::string& text) { console.line("      " + text); };
    for (const std::string& line : lock_lines(console, statement.taken)) say(line);
    if (!emptied.empty()) say("empties " + names_text(emptied));
    if (!statement.rewritten.empty()) say("rewrites " + names_text(statement.rewritten));
    if (const auto rebuilt = rebuilt_by(statement); !rebuilt.empty())
        say("rebuilds " + names_text(rebuilt));
    if (!statement.scans.empty()) say("reads all of " + listed(statement.scans, scan_text));
    if (const auto dropped = taken_away_by(statement); !dropped.empty())
        say("drops " + names_text(dropped));
    if (!statement.in_transaction_ok) say("cannot run in a transaction");
    for (const std::string& wait : wait_texts(statement)) say(wait);
    if (statement.not_run) say("not rehearsed: " + *statement.not_run);
}

Json names_json(const std::vector<RelationName>& names) {
    Json all = Json::array();
    for (const RelationName& name : names) all.push_back(to_text(name));
    return all;
}

// An object looks for each key that it is given among all that it has: so it is filled as the list
// that it is. Two relations may have one text, such as a temporary table and one of that name.
Json locks_json(const std::vector<RelationLock>& locks) {
    Json::object_t all;
    std::unordered_map<std::string, std::pair<std::size_t, LockMode>> places;
    for (const RelationLock& lock : locks) {
        const auto [place, is_first] =
            places.try_emplace(key_of(lock), std::pair{all.size(), lock.mode});
        auto& [index, mode] = place->second;
        if (is_first) {
            all.emplace_back(place->first, to_text(lock.mode));
        } else if (mode < lock.mode) {
            mode = lock.mode;
            (all.begin() + static_cast<std::ptrdiff_t>(index))->second = to_text(mode);
        }
    }
    return all;
}

Json pairs_json(const std::vector<commands::TextPair>& pairs) {
    Json all = Json::array();
    for (const auto& [first, second] : pairs) all.push_back({first, second});
    return all;
}

Json failure_json(const std::optional<commands::StatementFailure>& failure, bool wants_state) {
    if (!failure) return nullptr;
    return wants_state ? failure->sqlstate : failure->message;
}

// What belongs to a server and its machine, and no script makes.
bool is_missing_here(const commands::StatementFailure& failure) {
    const std::string& found_by = failure.source_function;
    if (failure.sqlstate == "42704")
        return found_by == "get_tablespace_oid" || found_by == "get_collation_oid";
    return (failure.sqlstate == "0A000" && found_by == "parse_extension_control_file") ||
           failure.sqlstate == "58P01";
}

}  // namespace

void print(const Console& console, const commands::RehearsedScript& rehearsed) {
    constexpr std::size_t statement_width = 72;
    console.line(console.paint(Colour::bold, rehearsed.path) + "  " +
                 (rehearsed.transactional ? "one transaction" : "statement by statement") +
                 (rehearsed.mode_cause.empty() ? "" : ": " + rehearsed.mode_cause));
    for (const MeasuredStatement& statement : rehearsed.statements) {
        const std::string figures =
            statement.failure ? console.paint(Colour::red, "fails")
            : statement.not_run
                ? "-"
                : milliseconds(statement.elapsed_us) + ", WAL " + bytes_text(statement.wal_bytes);
        console.line("  " + std::to_string(statement.line) + "  " +
                     on_one_line(migrations::without_secrets(statement.text), statement_width) +
                     "  " + console.paint(Colour::grey, figures));
        const auto emptied = commands::emptied_by(statement);
        if (emptied.empty())
            print_effects(console, statement, {});
        else
            print_effects(console, without(emptied, statement), emptied);
    }
}

void print_failure(const Console& console, const commands::RehearsedScript& rehearsed,
                   const migrations::Script& script, const std::string& where_absent) {
    const auto show = [&](std::uint32_t index, const commands::StatementFailure& failure,
                          bool is_at_end = false) {
        const auto place = adapters::postgres::locate(script, index, failure.position, false);
        auto diagnostic =
            place_in(script, place.line, place.column, failure.sqlstate,
                     failure.message + (failure.detail ? ": " + *failure.detail : ""));
        if (failure.hint) diagnostic.help = {*failure.hint};
        if (is_at_end)
            diagnostic.help.emplace_back(
                "a deferred constraint or trigger of what the file has written has failed at its "
                "end");
        if (is_missing_here(failure))
            diagnostic.help.emplace_back(
                "it is the shadow's server that has none, not the target: install it here, or name "
                "a server that has it by TEST_DATABASE_URL");
        else if (commands::is_absence(failure.sqlstate) && !where_absent.empty())
            diagnostic.help.push_back(where_absent);
        console.diagnostic(diagnostic);
    };
    for (const MeasuredStatement& statement : rehearsed.statements)
        if (statement.failure) show(statement.index, *statement.failure);
    if (rehearsed.commit_failure && !rehearsed.statements.empty())
        show(rehearsed.statements.back().index, *rehearsed.commit_failure, true);
}

Json to_json(const MeasuredStatement& statement, const std::string& file) {
    Json scanned = Json::object();
    Json scans = Json::object();
    for (const auto& [name, scan] : statement.scans) {
        if (scan.rows > 0) scanned[to_text(name)] = scan.rows;
        scans[to_text(name)] = scan.count;
    }
    Json new_files = Json::array();
    for (const auto& [name, kind] : statement.new_files)
        new_files.push_back(to_text(name) + ":" + kind);
    return {{"file", file},
            {"line", statement.line},
            {"index", statement.index},
            {"kind", statement.kind},
            {"statement", migrations::without_secrets(statement.text)},
            {"locks", locks_json(statement.locks)},
            {"locks_taken", locks_json(statement.taken)},
            {"rewritten", names_json(statement.rewritten)},
            {"reindexed", names_json(statement.reindexed)},
            {"dropped", names_json(statement.dropped)},
            {"new_files", new_files},
            {"index_files_reused", names_json(statement.index_files_reused)},
            {"scanned_rows", scanned},
            {"scans", scans},
            {"ms", static_cast<double>(statement.elapsed_us) / 1000},
            {"wal_bytes", statement.wal_bytes},
            {"in_tx_ok", statement.in_transaction_ok},
            {"in_tx_error", failure_json(statement.in_transaction, false)},
            {"in_tx_sqlstate", failure_json(statement.in_transaction, true)},
            {"outside_tx", statement.ran_outside},
            {"waits_behind_open_writer", pairs_json(statement.waits)},
            {"wait_event", pairs_json(statement.wait_events)},
            {"error", failure_json(statement.failure, false)},
            {"sqlstate", failure_json(statement.failure, true)},
            {"not_run", optional_json(statement.not_run)}};
}

}  // namespace tools::varve
