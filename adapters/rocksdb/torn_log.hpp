// adapters/rocksdb/torn_log.hpp: what a power cut leaves of a record that was not synced. Internal.
//
// Why   a file may have grown before its bytes were on disk: then it ends in zeros, amid a record.
//       RocksDB forgives a record that is cut short, and calls this one corrupt, though nobody was
//       told of it.
// Safe  all before that record is whole, and it ends in a zero, where a synced one has the low byte
//       of a time: a flipped bit is hardly ever taken for a power cut. Whether an acknowledged
//       event is gone with the record is for the anchor to say, in any case.
// Old   logs may end so too: they can outlast the opening that has made tables of them.
#pragma once

#include <filesystem>

namespace adapters::rocksdb {

// Is every log of this database whole, or whole up to a last record that ends in nothing but zeros?
// And is there one of the latter kind?
[[nodiscard]] bool ends_in_zeros(const std::filesystem::path& database);

}  // namespace adapters::rocksdb
