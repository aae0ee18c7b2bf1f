// ledger/references.hpp: every content that an event refers to, by case and never missed.
#pragma once

#include "ledger/content.hpp"
#include "ledger/event.hpp"

#include <vector>

namespace ledger {

[[nodiscard]] std::vector<ContentReference> references_of(const Event& event);

}  // namespace ledger
