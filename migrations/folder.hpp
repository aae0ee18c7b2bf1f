// migrations/folder.hpp: reads a migrations folder of any known layout, as it is.
//
// Layouts  varve (= golang-migrate), flyway, dbmate, goose, drizzle, prisma, diesel, sqlx, sqitch,
//          supabase, and plain: numbered or dated files of smaller tools (morph, popx, fizz,
//          postgres-migrations, graphile-worker, the Sourcegraph migrator).
// Records  every problem is a Diagnostic of the folder; nothing is skipped silently. A directive
//          that is not understood is an error.
// Errors   refused: "layout-unknown" (said, and there is none of that name), "layout-unrecognised".
#pragma once

#include "ledger/result.hpp"
#include "migrations/migration.hpp"
#include "migrations/source_tree.hpp"

#include <map>
#include <optional>
#include <string>

namespace migrations {

struct FileSettings {
    std::optional<TransactionMode> transaction;
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

[[nodiscard]] ledger::Result<Folder> read_folder(const SourceTree& tree,
                                                 const FolderSettings& settings);

}  // namespace migrations
