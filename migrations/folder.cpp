#include "migrations/folder.hpp"

#include "ledger/clean.hpp"
#include "migrations/home.hpp"
#include "migrations/layouts/layout.hpp"
#include "migrations/uniqueness.hpp"
#include "migrations/ways_back.hpp"

#include <algorithm>
#include <utility>

namespace migrations {

namespace {

using layouts::Layout;
using layouts::LayoutFile;
using layouts::Reading;
using ledger::Code;
using ledger::fail;

constexpr std::size_t path_bytes_max = 1024;

bool matches(const std::string& key, std::string_view path) {
    return key == path || key == layouts::base_name(path);
}

Diagnostic not_run(const std::string& path, std::string why) {
    return {Severity::note, "file-not-run", std::move(why), path, 0, 0, 0, "", {}, false};
}

bool is_skipped(const FolderSettings& settings, std::string_view path) {
    return std::any_of(settings.files.begin(), settings.files.end(), [&](const auto& each) {
        return each.second.skip && matches(each.first, path);
    });
}

std::vector<LayoutFile> files_of(const SourceTree& tree, const FolderSettings& settings,
                                 Folder& folder) {
    std::vector<LayoutFile> files;
    const std::string home = find_home(tree);
    const auto others = folders_of_other_databases(tree, home);
    const auto is_for_another = [&](std::string_view path) {
        return std::any_of(others.begin(), others.end(),
                           [&](const std::string& other) { return path.starts_with(other); });
    };
    for (const auto& [path, source] : tree.files) {
        if (is_skipped(settings, path))
            folder.diagnostics.push_back(
                not_run(path, "the configuration says that it is skipped"));
        else if (is_for_another(path))
            folder.diagnostics.push_back(not_run(path, "its folder is for another database"));
        else if (!ledger::is_well_formed_utf8(path))
            folder.diagnostics.push_back({Severity::error,
                                          "not-utf8",
                                          "the file's name is not UTF-8",
                                          ledger::clean(path, path_bytes_max),
                                          0,
                                          0,
                                          0,
                                          "",
                                          {"rename it"},
                                          false});
        else if (path.compare(0, home.size(), home) == 0)
            files.push_back({path, path.substr(home.size()), &source});
    }
    return files;
}

void say_unused_settings(const SourceTree& tree, const FolderSettings& settings, Folder& folder) {
    for (const auto& [key, setting] : settings.files) {
        const bool used =
            std::any_of(tree.files.begin(), tree.files.end(),
                        [&, &name = key](const auto& each) { return matches(name, each.first); });
        if (!used)
            folder.diagnostics.push_back({Severity::warning,
                                          "setting-unused",
                                          "the configuration names a file that there is not",
                                          key,
                                          0,
                                          0,
                                          0,
                                          "",
                                          {},
                                          false});
    }
}

std::string known_names() {
    std::string names;
    for (const Layout& layout : layouts::all_layouts())
        names += (names.empty() ? "" : ", ") + std::string{layout.name};
    return names;
}

ledger::Error unrecognised(const SourceTree& tree, const std::vector<LayoutFile>& files) {
    ledger::Error error{Code::refused, "layout-unrecognised",
                        "no known tool's migrations are in " + tree.root,
                        "say which tool's they are: --layout NAME, one of " + known_names()};
    const auto folders = folders_with_sql(tree);
    if (!folders.empty())
        error.help = "there are SQL files in " + folders.front() + ": is it --migrations " +
                     tree.root + "/" + folders.front() + "?";
    for (const LayoutFile& file : files)
        if (file.bytes().rfind("--liquibase formatted sql", 0) == 0)
            error.help = "Liquibase's formatted SQL (" + file.path + ") is not read";
    return error;
}

// A folder that `init` has just made holds nothing yet. One whose migrations are all code is not
// empty.
bool holds_nothing(const std::vector<LayoutFile>& files) {
    constexpr std::string_view code[] = {".sql", ".go", ".java", ".kt",   ".js",  ".ts",
                                         ".py",  ".rb", ".fizz", ".json", ".xml", ".yaml"};
    return std::none_of(files.begin(), files.end(), [&](const LayoutFile& file) {
        return std::any_of(std::begin(code), std::end(code), [&](std::string_view suffix) {
            const std::string_view name = layouts::base_name(file.name);
            return name.ends_with(suffix) &&
                   (suffix == ".sql" || name.find_first_of("0123456789") <= 1);
        });
    });
}

// Else a folder that is not the one that was meant would be up to date for ever.
void say_none(const SourceTree& tree, Folder& folder) {
    if (!folder.migrations.empty() || has_errors(folder.diagnostics)) return;
    Diagnostic none;
    none.severity = Severity::warning;
    none.rule = "folder-empty";
    none.message = "there is no migration in " + ledger::clean(tree.root, path_bytes_max);
    none.help = {
        "is it the right one? another is named by --migrations, or by path under [migrations] in "
        "varve.toml; --layout says whose files they are"};
    folder.diagnostics.push_back(std::move(none));
}

ledger::Result<const Layout*> choose(const SourceTree& tree, const FolderSettings& settings,
                                     const std::vector<LayoutFile>& files) {
    if (auto known = check_layout(settings); !known) return fail(known.error());
    if (settings.layout) return layouts::find_layout(*settings.layout);
    if (const auto name = layouts::recognise(files, tree.root)) return layouts::find_layout(*name);
    if (holds_nothing(files)) return layouts::find_layout("varve");
    return fail(unrecognised(tree, files));
}

}  // namespace

ledger::Result<void> check_layout(const FolderSettings& settings) {
    if (!settings.layout || layouts::find_layout(*settings.layout) != nullptr) return {};
    return fail(Code::refused, "layout-unknown",
                "there is no layout named \"" + *settings.layout + "\"",
                "it is one of " + known_names());
}

ledger::Result<Folder> read_folder(const SourceTree& tree, const FolderSettings& settings,
                                   const LeaveUnread& leave_unread) {
    Folder folder;
    auto files = files_of(tree, settings, folder);
    const auto layout = choose(tree, settings, files);
    if (!layout) return fail(layout.error());
    folder.layout = (*layout)->name;
    Reading reading{std::move(files), settings, (*layout)->traits, folder, leave_unread};
    (*layout)->read(reading);
    reading.finish();
    refuse_ways_back(folder, settings);
    say_duplicates(folder);
    say_unused_settings(tree, settings, folder);
    say_none(tree, folder);
    return folder;
}

}  // namespace migrations
