// adapters/rocksdb/refusal.hpp: what the machine would not give: open files, memory, rights. It
// says nothing about what is stored. Internal.
#pragma once

#include "ledger/result.hpp"

#include <optional>
#include <string>

namespace adapters::rocksdb {

// Where the detail of a failure has the system's words for such a refusal: the error that it is,
// unavailable "ledger-unreachable".
[[nodiscard]] std::optional<ledger::Error> refusal_in(const std::string& detail);

}  // namespace adapters::rocksdb
