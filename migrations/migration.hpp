// migrations/migration.hpp: a migration as a folder holds it, whatever tool the folder is of.
//
// Digest   of the script's bytes exactly as read: the file's, or, where one file holds both ways
//          (dbmate, goose), the section's with its directive line.
// Text     what is sent to the server: UTF-8, no byte order mark, placeholders replaced. Ranges of
//          statements are ranges of it; `first_line` is the file's line it begins on. Lines and
//          columns that anybody is told are the file's.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/events/migration.hpp"
#include "ledger/identity.hpp"
#include "migrations/boxed.hpp"
#include "migrations/diagnostic.hpp"
#include "migrations/replaced.hpp"
#include "migrations/statement.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace migrations {

enum class TransactionMode {
    one,   // the whole script in one transaction (the default)
    none,  // statement by statement, resumable
};

struct Script {
    std::string path;   // relative to the migrations folder, '/' between
    std::string bytes;  // exactly as read: what the digest is of and the ledger keeps
    ledger::Digest digest;
    std::string text;
    std::uint32_t first_line{1};
    TransactionMode mode{};
    std::string mode_cause;  // why `none`: "goose NO TRANSACTION", "CREATE INDEX CONCURRENTLY", ...
    bool mode_declared{};    // a directive or the configuration says it, not the parse tree
    bool is_unread{};        // bytes and digest alone, or a file that waits: it is not to be run
    std::vector<Statement> statements;
    Boxed<Written> replaced_in;  // the text before placeholders were replaced, where any was
    Boxed<std::map<std::string, std::string>> allowed;  // by rule: why, as the configuration says

    // Nothing was replaced: nothing is in it.
    [[nodiscard]] const Written& written() const {
        static const Written as_it_stands;
        return replaced_in ? *replaced_in : as_it_stands;
    }
    [[nodiscard]] const std::map<std::string, std::string>& allowances() const {
        static const std::map<std::string, std::string> none;
        return allowed ? *allowed : none;
    }
    [[nodiscard]] const std::string& file_text() const {
        return replaced_in ? replaced_in->text : text;
    }
    bool operator==(const Script&) const = default;
};

struct Migration {
    ledger::Version version;
    std::string name;
    ledger::MigrationKind kind{};
    Script up;
    Boxed<Script> down;
    Boxed<Script> verify;  // Sqitch: run inside the attempt, always rolled back
    std::vector<ledger::Version> parents;
    std::optional<std::string> author;
    bool operator==(const Migration&) const = default;
};

// What a folder holds, in the order it is to be applied: versioned ones, then repeatable ones.
// A baseline comes right after the versions that it stands for.
struct Folder {
    std::string layout;  // "varve", "flyway", "dbmate", "goose", "drizzle", ...
    std::vector<Migration> migrations;
    std::vector<Diagnostic> diagnostics;  // with an error among them nothing may be run
    bool needs_rest{};  // among the files that wait is one that has to do with more than undoing
};

}  // namespace migrations
