// adapters/rocksdb/history.hpp: the questions of ledger::Reader, asked of an open database.
// Internal.
//
// Shape   `size` is the end the caller knows: nothing at or beyond it is told.
// Errors  those of the database; corrupt "ledger-damaged", "content-changed"; refused
//         "size-out-of-range".
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/tree_cache.hpp"
#include "ledger/digest.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::rocksdb {

[[nodiscard]] ledger::Result<std::vector<std::string>> lines(const Database& database,
                                                             std::uint64_t size,
                                                             std::uint64_t position,
                                                             std::size_t count_max);
[[nodiscard]] ledger::Result<void> each_line(const Database& database, std::uint64_t size,
                                             std::uint64_t position, std::uint64_t count_max,
                                             const ledger::Reader::TakeLine& take);
[[nodiscard]] ledger::Result<std::uint64_t> stream_version(const Database& database,
                                                           std::uint64_t size,
                                                           std::string_view stream);
[[nodiscard]] ledger::Result<std::vector<std::uint64_t>> stream_positions(const Database& database,
                                                                          std::uint64_t size,
                                                                          std::string_view stream,
                                                                          std::uint64_t after,
                                                                          std::size_t count_max);
[[nodiscard]] ledger::Result<std::optional<std::string>> content(const Database& database,
                                                                 const ledger::Digest& digest);
[[nodiscard]] ledger::Result<ledger::Digest> root_at(const Database& database, TreeCache& cache,
                                                     std::uint64_t size, std::uint64_t asked_size);
// For who asks once.
[[nodiscard]] inline ledger::Result<ledger::Digest> root_at(const Database& database,
                                                            std::uint64_t size,
                                                            std::uint64_t asked_size) {
    TreeCache nothing_yet;
    return root_at(database, nothing_yet, size, asked_size);
}
[[nodiscard]] ledger::Result<ledger::Digest> subtree_at(const Database& database, TreeCache& cache,
                                                        std::uint64_t size, unsigned level,
                                                        std::uint64_t index);
[[nodiscard]] ledger::Result<std::optional<std::string>> checkpoint(const Database& database,
                                                                    std::uint64_t size_max);

}  // namespace adapters::rocksdb
