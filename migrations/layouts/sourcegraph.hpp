// migrations/layouts/sourcegraph.hpp: NUMBER[_name]/up.sql, down.sql, metadata.yaml with parents.
//
// Order    every migration after its parents; among those that could be next, the least number.
// Refuses  a parent that there is not, parents in a circle.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_sourcegraph(Reading& reading);

}  // namespace migrations::layouts
