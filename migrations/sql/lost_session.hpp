// migrations/sql/lost_session.hpp: what a half-done script had in its session, and nobody can give
// back before the rest of it runs in another one.
//
// Finds    temporary tables, views and sequences that the rest mentions; settings and temporary
//          objects that code has made (a DO block, a function of the script that it calls,
//          set_config with what is no constant); what sessions began with, where an ALTER DATABASE
//          or an ALTER ROLE ... SET of all roles or of the session's own has changed that since.
// Leaves   what SET, RESET or set_config with constants has set: it is set again. What is local to
//          a transaction. What only names a function: COMMENT, GRANT, CREATE TRIGGER and the like.
// Misses   what a function of another script sets, or one that a trigger, view, policy or rule
//          calls; an ALTER ROLE that names the session's own role.
#pragma once

#include "migrations/migration.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace migrations::sql {

struct LostSession {
    std::uint32_t line{};  // in the file, of the statement that made it
    std::string what;      // "the temporary relation stage", "what its code has set"
    bool operator==(const LostSession&) const = default;
};

// `done`: so many statements are; the first thing that is lost.
[[nodiscard]] std::optional<LostSession> lost_session(const Script& script, std::uint32_t done);

}  // namespace migrations::sql
