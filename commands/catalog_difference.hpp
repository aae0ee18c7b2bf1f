// commands/catalog_difference.hpp: what is other in a catalog than it was, in sentences.
#pragma once

#include "commands/rehearsal_ports.hpp"

#include <string>
#include <vector>

namespace commands {

// "column public.orders.note is gone", "is new", "is 'text' and was 'text not null'": at most
// `count_max`, then how many more there are.
[[nodiscard]] std::vector<std::string> catalog_difference(const CatalogText& before,
                                                          const CatalogText& after,
                                                          std::size_t count_max);

}  // namespace commands
