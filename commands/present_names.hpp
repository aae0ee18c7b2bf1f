// commands/present_names.hpp: what the target calls now what a pending statement speaks of, after
// the renamings of the statements before it; and what those make, which the target has not yet.
//
// Shape   a fold of actions, whose names have the schema where that is known.
// Limits  `t` and `public.t` are taken for one another; what code makes or renames is not seen.
#pragma once

#include "migrations/sql/action.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace commands {

struct PresentTable {
    migrations::sql::ObjectName name;
    bool is_made{};                              // by a statement before
    std::map<std::string, std::string> columns;  // those that were made, or have another name: that
    bool is_column_made(const std::string& column) const;
    std::string column(const std::string& now) const;
};

class PresentNames {
public:
    void take(const migrations::sql::Action& action);
    [[nodiscard]] PresentTable of(const migrations::sql::ObjectName& name) const;
    // Whether a statement before has made it or given it this name.
    [[nodiscard]] bool has(const migrations::sql::ObjectName& name) const;

private:
    using Key = std::pair<std::string, std::string>;

    [[nodiscard]] const PresentTable* find(const migrations::sql::ObjectName& name) const;
    PresentTable& known(const migrations::sql::ObjectName& name);
    void make(const migrations::sql::ObjectName& name);
    void move(const migrations::sql::ObjectName& from, const migrations::sql::ObjectName& to);
    void rename(const migrations::sql::Rename& rename);
    void move_schema(const std::string& from, const std::string& to);

    std::map<Key, PresentTable> tables_;
    std::map<std::string, std::string> schemas_;  // by the name that they have been given
};

}  // namespace commands
