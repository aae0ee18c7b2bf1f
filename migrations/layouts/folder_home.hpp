// migrations/layouts/folder_home.hpp: where the folders of a layout of one folder a migration
// stand.
#pragma once

#include "migrations/layouts/reading.hpp"

#include <string_view>
#include <vector>

namespace migrations::layouts {

// The files of that name whose folders stand beside each other, the nearest to the root. Folders
// further below (an archive) do not run, and are told; where folders stand in several places alike,
// which of them are meant has to be said.
[[nodiscard]] std::vector<const LayoutFile*> in_one_home(Reading& reading, std::string_view name);

}  // namespace migrations::layouts
