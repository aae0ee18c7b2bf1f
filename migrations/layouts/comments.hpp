// migrations/layouts/comments.hpp: directives that tools put into comments of flat files.
//
// Format  -- no-transaction                            sqlx, on the first line
//         -- morph:nontransactional                    morph
//         -- postgres-migrations disable-transaction   postgres-migrations
//         -- atlas:txmode none                         Atlas
//         --! no-transaction                           graphile-migrate
// Refuses another directive of one of these tools: it would change what the file does.
#pragma once

#include "migrations/layouts/reading.hpp"

#include <optional>

namespace migrations::layouts {

[[nodiscard]] std::optional<sql::DeclaredMode> declared_mode(Reading& reading,
                                                             const LayoutFile& file,
                                                             bool is_down = false);

}  // namespace migrations::layouts
