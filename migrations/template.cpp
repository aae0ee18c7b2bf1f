#include "migrations/template.hpp"

namespace migrations {

namespace {

constexpr std::string_view up_text = R"(-- What it does, and why:
--
-- The file runs in one transaction. Keep locks short: a statement that waits longer than
-- lock_timeout (varve.toml) fails, is rolled back, and is tried again.
-- CREATE INDEX CONCURRENTLY and the like need a file of their own, without BEGIN and COMMIT.
-- Where it may meet what it makes (IF NOT EXISTS, ON CONFLICT), it can be run twice.

BEGIN;

-- CREATE TABLE IF NOT EXISTS ...

COMMIT;
)";

constexpr std::string_view down_text =
    R"(-- Undoes the migration of the same name. What it cannot bring back (dropped data, values of
-- an enum) is said here, so that nobody relies on it.

BEGIN;

-- DROP TABLE IF EXISTS ...

COMMIT;
)";

std::string headed(std::string_view name, std::string_view direction, std::string_view text) {
    return "-- " + std::string{name} + ": " + std::string{direction} + "\n" + std::string{text};
}

}  // namespace

bool takes_new_migration(std::string_view layout) {
    return layout == "varve" || layout == "golang-migrate";
}

NewMigration new_migration(std::string_view name) {
    return {headed(name, "up", up_text), headed(name, "down", down_text)};
}

}  // namespace migrations
