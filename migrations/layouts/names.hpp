// migrations/layouts/names.hpp: what a migration's file name says.
//
// Format  VERSION_name[.DIALECT][.autocommit].{up|down}.sql  two files, one a direction
//         VERSION[_-]name.sql, VERSION.sql                   one file
//         VERSION is digits, or a date "2024-05-06"; DIALECT is a database that some tool names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migrations::layouts {

struct FileName {
    std::string version;  // digits; of a date without its dashes
    std::string name;
    std::string dialect;  // "postgres", "mysql", ...; empty: for all
    bool autocommit{};
    bool is_down{};
    bool operator==(const FileName&) const = default;
};

// VERSION_name.up.sql and VERSION_name.down.sql.
[[nodiscard]] std::optional<FileName> parse_directed_name(std::string_view file_name);

// VERSION_name.sql and the like; not one with a direction.
[[nodiscard]] std::optional<FileName> parse_single_name(std::string_view file_name);

struct VersionedName {
    std::string version;
    std::string name;
    bool operator==(const VersionedName&) const = default;
};

// "20240506_add_x" and "2024-05-06-070809-0000_add_x": the digits, and what follows.
[[nodiscard]] std::optional<VersionedName> parse_folder_name(std::string_view folder_name);

}  // namespace migrations::layouts
