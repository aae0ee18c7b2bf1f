// migrations/layouts/reading.hpp: what every layout reads from and writes to.
//
// Shape    a layout takes the files it knows, makes scripts of them, adds migrations in any order,
//          sorts them, and marks every file it used. What is left over is said, never dropped.
// Trust    files are whatever a project has: each is checked for its encoding before it is read.
#pragma once

#include "migrations/folder.hpp"
#include "migrations/placeholders.hpp"
#include "migrations/sql/split.hpp"
#include "migrations/sql/transaction.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::layouts {

struct LayoutTraits {
    bool runs_own_commits{true};  // its tool runs a file as it stands, with the COMMITs in it
    PlaceholderForm form{PlaceholderForm::psql};
    sql::Boundary boundary{};
};

struct ScriptSource {
    std::string path;
    std::string bytes;  // the file's, or the section's
    std::uint32_t first_line{1};
    bool is_down{};
    std::optional<sql::DeclaredMode> declared;
    std::optional<std::string> text;      // where the layout replaces placeholders itself
    std::optional<PlaceholderForm> form;  // where it is not the layout's
    bool is_verify{};  // always rolled back: it may end its transaction as it likes
    std::optional<TransactionMode> directive{};  // of ours, said outside the section
    Written written{};                           // of `text`: what the section had before
};

struct LayoutFile {
    std::string path;  // relative to the migrations folder
    std::string name;  // relative to where the migrations were found in it
    const SourceFile* source{};

    [[nodiscard]] const std::string& bytes() const { return source->bytes; }
};

class Reading {
public:
    Reading(std::vector<LayoutFile> files, const FolderSettings& settings, LayoutTraits traits,
            Folder& folder, const LeaveUnread& leave_unread = {});
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    [[nodiscard]] const std::vector<LayoutFile>& files() const { return files_; }
    [[nodiscard]] const LayoutFile* find(std::string_view name) const;
    [[nodiscard]] const FolderSettings& settings() const { return settings_; }

    // Reads a whole file as a script.
    [[nodiscard]] Script script(const LayoutFile& file, bool is_down,
                                std::optional<sql::DeclaredMode> declared = std::nullopt);
    [[nodiscard]] Script script(ScriptSource source);

    // The file's text, or nothing, and the reason said: unreadable, or not text.
    [[nodiscard]] std::optional<std::string> text(const LayoutFile& file, bool is_down = false);

    Diagnostic& say(Severity severity, std::string rule, std::string message, std::string file,
                    std::uint32_t line = 0);
    Diagnostic& refuse(std::string rule, std::string message, const LayoutFile& file,
                       std::uint32_t line = 0) {
        return say(Severity::error, std::move(rule), std::move(message), file.path, line);
    }

    [[nodiscard]] std::size_t diagnostic_count() const { return folder_.diagnostics.size(); }

    // The file was read, or is known and rightly not run.
    void use(const LayoutFile& file) { used_[place_of(file)] = true; }

    void add(Migration migration) { folder_.migrations.push_back(std::move(migration)); }
    [[nodiscard]] std::vector<Migration>& migrations() { return folder_.migrations; }

    // Says which SQL files nobody used.
    void finish();

private:
    // Of one that undoes, nobody has asked yet what is in it.
    [[nodiscard]] Script left_waiting(const LayoutFile& file);
    // Whether it can be read and is text; where not, the reason is said.
    bool is_text(const LayoutFile& file, bool is_down);
    // All that layouts are given are files of ours.
    [[nodiscard]] std::size_t place_of(const LayoutFile& file) const {
        return static_cast<std::size_t>(&file - files_.data());
    }
    [[nodiscard]] const FileSettings* settings_of(const std::string& path) const;
    void resolve_placeholders(const ScriptSource& source, Script& script);
    void read_text(const ScriptSource& source, Script& script);
    void settle(const ScriptSource& source, std::optional<TransactionMode> directive,
                Script& script);

    std::vector<LayoutFile> files_;
    const FolderSettings& settings_;
    LayoutTraits traits_;
    Folder& folder_;
    LeaveUnread leave_unread_;
    std::vector<bool> used_;
    std::vector<bool> left_waiting_;
};

[[nodiscard]] std::string_view base_name(std::string_view path);
[[nodiscard]] std::string_view parent_of(std::string_view path);  // "" at the top
[[nodiscard]] std::string_view trim(std::string_view text);

// Calls with every line, without its end, and the offset at which it begins.
void for_each_line(
    std::string_view text,
    const std::function<void(std::string_view line, std::size_t begin, std::uint32_t number)>& see);

}  // namespace migrations::layouts
