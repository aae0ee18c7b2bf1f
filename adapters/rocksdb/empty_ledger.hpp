// adapters/rocksdb/empty_ledger.hpp: the files of a ledger without an event, in a folder that is
// there. Internal.
#pragma once

#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <filesystem>

namespace adapters::rocksdb {

[[nodiscard]] ledger::Result<void> make_empty(const std::filesystem::path& folder,
                                              const ledger::Uuid& uuid);

}  // namespace adapters::rocksdb
