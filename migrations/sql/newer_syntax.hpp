// migrations/sql/newer_syntax.hpp: what the parser, of PostgreSQL 15, refuses and a newer server
// takes.
//
// Told by  the words at the place where the parser stopped; a mistake is one on every server, where
//          what is new before it is read.
// Read     where 15 says the same, or takes the same locks and does the same work, in other words,
//          those take the newer ones' place, without moving anything else: CREATE TABLE (a text
//          STORAGE external) is read without it. So the rules see the statement.
// Cost     a reading for each place, up to a hundred of them and to 6 MiB; numbers are one place.
// Source   the release notes and gram.y of PostgreSQL 16, 17 and 18.
#pragma once

#include "migrations/sql/parse.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace migrations::sql {

// Of a newer server than this, nothing is known: whatever the parser refuses may be new.
inline constexpr std::uint32_t known_versions_end = 190000;

struct NewerSyntax {
    std::uint32_t
        version{};   // server_version_num of the first that has it; 0: nothing of it is new
    bool is_read{};  // the tree was seen
    std::optional<SyntaxError> mistake;  // behind what is new: of that no server knows

    // Whether the server is the judge of what is not read.
    [[nodiscard]] bool may_be_known(std::uint32_t server_version) const;
    // Whether what was seen is what such a server does.
    [[nodiscard]] bool is_read_for(std::uint32_t server_version) const {
        return is_read && server_version >= version;
    }
};

// `error`: of with_tree() upon the same.
[[nodiscard]] NewerSyntax read_newer(std::string_view statement, std::size_t depth_bound,
                                     const SyntaxError& error, const SeeTree& see);

}  // namespace migrations::sql
