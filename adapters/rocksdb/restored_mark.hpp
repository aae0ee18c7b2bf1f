// adapters/rocksdb/restored_mark.hpp: the file `restored`, as text and back. Internal.
//
// Format  a sentence for people; then a line for each member: name, space, value.
#pragma once

#include "adapters/rocksdb/restore.hpp"
#include "ledger/result.hpp"

#include <string>
#include <string_view>

namespace adapters::rocksdb {

[[nodiscard]] std::string to_text(const Restored& restored);
// corrupt "ledger-damaged"
[[nodiscard]] ledger::Result<Restored> restored_from_text(std::string_view text);

}  // namespace adapters::rocksdb
