// migrations/layouts/foreign_marks.hpp: marks by which another tool parts or steers a script, in a
// layout that does not read them: what undoes would run right after what it undoes.
//
// Format   --liquibase formatted sql, --changeset AUTHOR:ID        Liquibase
//          -- rambler up, -- rambler down                           rambler
//          -- //@UNDO                                               MyBatis Migrations
//          -- ==== DOWN ====                                        shmig
//          -- !Ups, -- !Downs                                       Play's evolutions
//          -- +micrate Up, Down; -- downgrade --                    micrate, aerich
//          the marks of the layouts that are read, in a folder of another
//          -- up, -- down: a line of nothing else                   tools without a name
// Shape    a line comment that begins its line, outside strings, bodies and block comments. One
//          that names no tool counts where statements follow it in a script that is not to undo.
#pragma once

#include "migrations/diagnostic.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::layouts {

struct MarkedScript {
    std::string_view text;
    std::string_view path;
    std::string_view layout;  // whose marks are none of another tool's
    std::uint32_t first_line{1};
    bool is_down{};
};

// The first such mark, if there is one: "directive-unknown".
[[nodiscard]] std::vector<Diagnostic> say_foreign_marks(const MarkedScript& script);

}  // namespace migrations::layouts
