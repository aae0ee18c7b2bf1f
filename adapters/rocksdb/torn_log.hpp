// adapters/rocksdb/torn_log.hpp: what a power cut leaves of a record that was not synced. Internal.
//
// Why   a file may have grown before its bytes were on disk: then it ends in zeros, amid a record.
//       RocksDB forgives a record that is cut short, and calls this one corrupt, though nobody was
//       told of it.
// Safe  all before that record is whole, and it ends in a zero, where a synced one has the low byte
//       of a time: a flipped bit is hardly ever taken for a power cut. Whether an acknowledged
//       event is gone with the record is for the anchor to say, in any case.
#pragma once

#include <filesystem>

namespace adapters::rocksdb {

// Is the newest log of this database whole up to its last record, and that one followed by nothing
// but zeros from somewhere before its end on? All older logs have to be whole.
[[nodiscard]] bool ends_in_zeros(const std::filesystem::path& database);

}  // namespace adapters::rocksdb
