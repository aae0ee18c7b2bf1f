#include "migrations/layouts/reading.hpp"

#include "migrations/directives.hpp"
#include "migrations/encoding.hpp"
#include "migrations/layouts/flyway.hpp"
#include "migrations/layouts/foreign_marks.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/secrets.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/script.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace migrations::layouts {

namespace {

constexpr const char* how_to_read = "let this user read it, or take it out of the folder";

std::string not_to_run(const std::string& path) {
    return "or say that it must not run: in varve.toml, [migrations]: files.\"" + path +
           "\".skip = true";
}

// In a folder below, which these layouts do not read, under a name and a version of its own: there
// it was rather lost than left.
bool is_misplaced(std::string_view name, const Folder& folder) {
    const bool is_flat = folder.layout == "varve" || folder.layout == "golang-migrate";
    if (!is_flat || name.find('/') == std::string_view::npos) return false;
    const auto parsed = parse_directed_name(base_name(name));
    return parsed && std::none_of(folder.migrations.begin(), folder.migrations.end(),
                                  [&](const Migration& migration) {
                                      return migration.version.text == parsed->version;
                                  });
}

// By the names of whichever layout: what nobody runs must not look as if it were applied. Where a
// list of the tool's own says what runs, a file beside it was left out.
bool is_named_as_migration(std::string_view name, std::string_view layout) {
    if (layout == "drizzle" || layout == "sqitch" || name.find('/') != std::string_view::npos)
        return false;
    const std::string known =
        std::string{name.substr(0, name.size() - 4)} + sql::lower(name.substr(name.size() - 4));
    return parse_directed_name(known) || parse_single_name(known) || is_flyway_name(known);
}

// What nobody sees in a listing.
bool is_sql_but_for_spaces(std::string_view name) {
    const std::string_view trimmed = trim(name);
    return trimmed.size() < name.size() && sql::lower(trimmed).ends_with(".sql");
}

}  // namespace

Reading::Reading(std::vector<LayoutFile> files, const FolderSettings& settings, LayoutTraits traits,
                 Folder& folder, const LeaveUnread& leave_unread)
    : files_{std::move(files)},
      settings_{settings},
      traits_{traits},
      folder_{folder},
      leave_unread_{leave_unread},
      used_(files_.size(), false),
      left_waiting_(files_.size(), false) {
    const auto down_count = std::count_if(files_.begin(), files_.end(), [](const LayoutFile& file) {
        return is_down_file(file.name);
    });
    folder_.migrations.reserve(files_.size() - static_cast<std::size_t>(down_count));
}

const LayoutFile* Reading::find(std::string_view name) const {
    const auto found = std::find_if(files_.begin(), files_.end(),
                                    [&](const LayoutFile& file) { return file.name == name; });
    return found == files_.end() ? nullptr : &*found;
}

Diagnostic& Reading::say(Severity severity, std::string rule, std::string message, std::string file,
                         std::uint32_t line) {
    Diagnostic diagnostic{severity, std::move(rule), std::move(message), std::move(file)};
    diagnostic.line = line;
    return folder_.diagnostics.emplace_back(std::move(diagnostic));
}

bool Reading::is_text(const LayoutFile& file, bool is_down) {
    use(file);
    if (file.source->waits) return false;
    if (!file.source->error.empty()) {
        auto& said = refuse("unreadable", "the file cannot be read: " + file.source->error, file);
        said.help = {how_to_read};
        said.concerns_down = is_down;
        return false;
    }
    const auto fault = find_encoding_fault(file.bytes());
    if (!fault) return true;
    if (leave_unread_ && leave_unread_(file.path, ledger::sha256(file.bytes()))) return false;
    auto& said = refuse(fault->rule, fault->message, file, fault->line);
    said.help = {fault->help};
    said.concerns_down = is_down;
    said.concerns_running = !is_down;
    return false;
}

std::optional<std::string> Reading::text(const LayoutFile& file, bool is_down) {
    if (!is_text(file, is_down)) return std::nullopt;
    return std::string{without_byte_order_mark(file.bytes())};
}

Script Reading::script(const LayoutFile& file, bool is_down,
                       std::optional<sql::DeclaredMode> declared) {
    if (is_down && file.source->waits) return left_waiting(file);
    ScriptSource source{file.path, file.bytes(), 1, is_down, std::move(declared), {}, {}, false};
    if (is_text(file, is_down)) return script(std::move(source));
    Script empty;
    empty.path = std::move(source.path);
    empty.bytes = std::move(source.bytes);
    empty.digest = ledger::sha256(empty.bytes);
    empty.is_unread = true;
    return empty;
}

Script Reading::left_waiting(const LayoutFile& file) {
    use(file);
    left_waiting_[place_of(file)] = true;
    Script unread;
    unread.path = file.path;
    unread.is_unread = true;
    return unread;
}

Script Reading::script(ScriptSource source) {
    const std::size_t diagnostics_before = folder_.diagnostics.size();
    Script script;
    script.path = source.path;
    script.bytes = std::move(source.bytes);
    script.digest = ledger::sha256(script.bytes);
    script.first_line = source.first_line;
    if (leave_unread_ && leave_unread_(script.path, script.digest)) {
        script.is_unread = true;
        return script;
    }
    script.text = source.text.value_or(std::string{without_byte_order_mark(script.bytes)});
    if (!source.written.replaced.empty()) script.replaced_in = std::move(source.written);
    resolve_placeholders(source, script);
    if (folder_.diagnostics.size() == diagnostics_before) read_text(source, script);
    for (std::size_t index = diagnostics_before; index < folder_.diagnostics.size(); ++index)
        folder_.diagnostics[index].concerns_down = source.is_down;
    return script;
}

void Reading::resolve_placeholders(const ScriptSource& source, Script& script) {
    if (source.text) return;
    const PlaceholderForm form = source.form.value_or(traits_.form);
    Substituted substituted = substitute(script.text, settings_.placeholders, form);
    if (!substituted.replaced.empty())
        script.replaced_in = Written{std::move(script.text), std::move(substituted.replaced)};
    script.text = std::move(substituted.text);
    const sql::Positions positions{script.text, script.first_line, script.written()};
    for (const Unresolved& unresolved : find_unresolved(script.text, form)) {
        auto& said = say(Severity::error, "placeholder-unresolved",
                         "nothing is given for the placeholder " + unresolved.text, source.path);
        positions.mark(said, unresolved.begin, unresolved.end);
        said.concerns_running = true;
        said.help = {"in varve.toml, [migrations]: placeholders = { " + unresolved.key +
                     " = \"...\" }"};
    }
}

void Reading::read_text(const ScriptSource& source, Script& script) {
    auto read =
        sql::read_statements({script.text, script.path, script.first_line, settings_.server_version,
                              traits_.boundary, &script.written()});
    hide_secrets(script.text, script.first_line, read.diagnostics);
    script.statements = std::move(read.statements);
    const sql::Positions positions{script.text, script.first_line, script.written()};
    if (!script.written().replaced.empty())
        for (Statement& each : script.statements) each.line = positions.line(each.begin);
    auto directives = read_directives(script.text, script.path, script.first_line);
    auto marks = say_foreign_marks(
        {script.text, script.path, folder_.layout, script.first_line, source.is_down});
    for (auto* said : {&read.diagnostics, &directives.diagnostics, &marks}) {
        place_as_written(*said, script.written(), script.text, script.first_line);
        std::move(said->begin(), said->end(), std::back_inserter(folder_.diagnostics));
    }
    if (const FileSettings* configured = settings_of(source.path);
        configured && !configured->allow.empty())
        script.allowed = configured->allow;
    if (!source.is_verify) {
        const bool inside = directives.transaction.has_value();
        settle(source, inside ? directives.transaction : source.directive, script);
    }
}

void Reading::settle(const ScriptSource& source, std::optional<TransactionMode> directive,
                     Script& script) {
    sql::TransactionRules rules{source.declared, traits_.runs_own_commits};
    if (directive) rules.declared = sql::declared_by_directive(*directive);
    const FileSettings* configured = settings_of(source.path);
    if (configured && configured->transaction)
        rules.declared = sql::DeclaredMode{
            *configured->transaction,
            *configured->transaction == TransactionMode::none ? "the configuration" : ""};
    const std::size_t said_before = folder_.diagnostics.size();
    sql::settle_mode(script, rules, folder_.diagnostics);
    for (std::size_t index = said_before; index < folder_.diagnostics.size(); ++index)
        folder_.diagnostics[index].concerns_running = true;
}

const FileSettings* Reading::settings_of(const std::string& path) const {
    auto found = settings_.files.find(path);
    if (found == settings_.files.end()) found = settings_.files.find(std::string{base_name(path)});
    return found == settings_.files.end() ? nullptr : &found->second;
}

void Reading::finish() {
    for (const LayoutFile& file : files_) {
        const std::size_t place = place_of(file);
        if (used_[place] && file.source->waits && !left_waiting_[place]) folder_.needs_rest = true;
        if (used_[place]) continue;
        const bool is_sql = sql::lower(file.name).ends_with(".sql");
        const bool may_be_folder =
            file.source->is_folder || base_name(file.name).find('.') == std::string_view::npos;
        if (!file.source->error.empty() && (is_sql || may_be_folder))
            refuse("unreadable", "it cannot be read: " + file.source->error, file).help = {
                how_to_read, not_to_run(file.path)};
        else if (is_sql && is_misplaced(file.name, folder_))
            say(Severity::warning, "file-not-run",
                "it is named like a migration and does not run: it stands in a folder below",
                file.path)
                .help = {"move it into the folder itself: the " + folder_.layout +
                         " layout reads none below"};
        else if (is_sql_but_for_spaces(base_name(file.name)))
            say(Severity::warning, "name-not-understood",
                "the name begins or ends with a space, so the file does not run", file.path)
                .help = {"rename it without"};
        else if (is_sql && is_named_as_migration(file.name, folder_.layout))
            refuse("file-not-run",
                   "it is named like a migration, and the " + folder_.layout +
                       " layout, which the folder has, does not run it",
                   file)
                .help = {"give the whole folder one layout: by other names, or with --layout",
                         not_to_run(file.path)};
        else if (is_sql)
            say(Severity::note, "file-not-run",
                "the file is no migration of the " + folder_.layout + " layout, and does not run",
                file.path);
    }
}

std::string_view base_name(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view parent_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view spaces = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(spaces) + 1 - begin);
}

void for_each_line(std::string_view text,
                   const std::function<void(std::string_view line, std::size_t begin,
                                            std::uint32_t number)>& see) {
    std::uint32_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t found = text.find('\n', begin);
        const std::size_t end = found == std::string_view::npos ? text.size() : found;
        std::string_view line = text.substr(begin, end - begin);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        see(line, begin, ++number);
        begin = end + 1;
    }
}

}  // namespace migrations::layouts
