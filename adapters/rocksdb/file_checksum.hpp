// adapters/rocksdb/file_checksum.hpp: RocksDB's own checksum of a table file, by the processor's
// instruction for it. Internal.
//
// Why     Debian's librocksdb is built for any processor: its CRC-32C takes a tenth of what verify
//         takes. Name and value are those of RocksDB's: a ledger is read by either.
#pragma once

#include <rocksdb/file_checksum.h>

#include <memory>

namespace adapters::rocksdb {

// RocksDB's own, where the processor has no such instruction.
[[nodiscard]] std::shared_ptr<::rocksdb::FileChecksumGenFactory> file_checksums();

}  // namespace adapters::rocksdb
