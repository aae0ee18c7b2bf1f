// migrations/folder.hpp: reads a migrations folder of any known layout, as it is.
//
// Layouts  varve (= golang-migrate), flyway, dbmate, goose, drizzle, prisma, diesel, sqlx, sqitch,
//          supabase, and plain: numbered or dated files of smaller tools (morph, popx, fizz,
//          postgres-migrations, graphile-worker, the Sourcegraph migrator).
// Records  every problem is a Diagnostic of the folder; nothing is skipped silently. A directive
//          that is not understood is an error.
// Errors   refused: "layout-unknown" (said, and there is none of that name), "layout-unrecognised".
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"
#include "migrations/source_tree.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace migrations {

struct FileSettings {
    std::optional<TransactionMode> transaction;
    std::map<std::string, std::string> allow;  // by rule: why what it finds there is accepted
    bool skip{};  // a file that must not run, said outright: a Go migration, a Flyway callback
};

struct FolderSettings {
    std::optional<std::string> layout;  // recognised where it is not said
    // The key is the text as it stands in the file (":NAME", "{{ .Options.Name }}"), or a bare
    // name, which stands for the layout's own form ("${name}" in Flyway, ":name", "{{ name }}").
    std::map<std::string, std::string> placeholders;
    std::map<std::string, FileSettings> files;  // by path or by file name
    std::uint32_t server_version{150000};       // PG_VERSION_NUM, decides what the parser may judge
};

// Which scripts are taken by their bytes and digest alone: without statements, and with nothing
// said of what is in them. For those that were judged when they were applied.
using LeaveUnread = std::function<bool(const std::string& path, const ledger::Digest& digest)>;

// Whether there is the layout that is said; read_folder() says so only of a folder that is there.
[[nodiscard]] ledger::Result<void> check_layout(const FolderSettings& settings);

[[nodiscard]] ledger::Result<Folder> read_folder(const SourceTree& tree,
                                                 const FolderSettings& settings,
                                                 const LeaveUnread& leave_unread = {});

}  // namespace migrations
