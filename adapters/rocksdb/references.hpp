// adapters/rocksdb/references.hpp: every content that an event refers to, by case and never missed.
#pragma once

#include "ledger/content.hpp"
#include "ledger/event.hpp"

#include <vector>

namespace adapters::rocksdb {

[[nodiscard]] std::vector<ledger::ContentReference> references_of(const ledger::Event& event);

}  // namespace adapters::rocksdb
