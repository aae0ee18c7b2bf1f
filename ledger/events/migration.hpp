// ledger/events/migration.hpp: facts about a migration, whatever the target.
//
// Frozen  once released an event never changes; a new meaning is a new struct with a new tag.
#pragma once

#include "ledger/content.hpp"
#include "ledger/identity.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ledger {

enum class MigrationKind { versioned, repeatable, baseline };

// The ledger has seen a migration for the first time. Its scripts are content, so that history can
// be replayed after the files are gone.
struct MigrationRegistered {
    static constexpr std::string_view tag = "migration-registered.1";
    Version version;
    std::string name;
    std::string layout;  // "varve", "flyway", "sqitch", ...
    MigrationKind kind{};
    std::string path;      // of the up script, relative to the migrations folder
    ContentReference up;   // the script's bytes exactly as read
    std::optional<ContentReference> down;
    std::optional<std::string> author;
    bool operator==(const MigrationRegistered&) const = default;
};

// The same migration with other bytes, before it was applied anywhere; or a repeatable one that
// was edited, as it may be; or a new down script.
struct MigrationRevised {
    static constexpr std::string_view tag = "migration-revised.1";
    Version version;
    Digest previous_up;
    std::string name;
    std::string path;
    ContentReference up;
    std::optional<ContentReference> down;
    bool operator==(const MigrationRevised&) const = default;
};

}  // namespace ledger
