// adapters/rocksdb/child.hpp: work done in a forked child, because librocksdb can abort. Internal.
//
// Shape    the child runs `work` and its bytes come back; it ends with _exit, prints nothing, dumps
//          no core, and dies with its parent.
// Errors   corrupt "ledger-damaged" where it died or outlasted `timeout` (then it is killed);
//          unavailable "ledger-unreachable" where no child could be made.
#pragma once

#include "ledger/result.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::rocksdb {

[[nodiscard]] ledger::Result<std::string> run_in_child(const std::function<std::string()>& work,
                                                       std::chrono::milliseconds timeout);

// Bytes for the way home: texts, each after its length.
[[nodiscard]] std::string join(const std::vector<std::string>& texts);
[[nodiscard]] std::vector<std::string> split(std::string_view bytes);

}  // namespace adapters::rocksdb
