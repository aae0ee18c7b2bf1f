// migrations/layouts/flyway_conf.hpp: NAME.sql.conf, Flyway's configuration of one script.
//
// Refuses  a key that is not understood, and an encoding other than UTF-8.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

struct FlywayConf {
    std::optional<sql::DeclaredMode> declared;  // executeInTransaction
    bool replaces_placeholders{true};
    bool runs{true};  // shouldExecute
};

[[nodiscard]] FlywayConf read_flyway_conf(Reading& reading, const LayoutFile& script);

}  // namespace migrations::layouts
