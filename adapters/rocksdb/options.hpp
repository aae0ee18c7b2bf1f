// adapters/rocksdb/options.hpp: the RocksDB options that every opener shares. Internal.
//
// Why      RocksDB's default WAL recovery drops acknowledged events after one flipped bit and says
//          OK; kTolerateCorruptedTailRecords refuses. Tracking WALs in the manifest must be set the
//          same by every opener, or librocksdb aborts. The rest is checksums wherever offered.
// Logs     none: on a full disk librocksdb's own log aborts the process while it recovers. What it
//          has to say comes back as a status.
// Quiet    readers get an environment that never schedules work: nothing is written, no thread is
//          started, no lock of the default environment is taken in a forked child.
#pragma once

#include <rocksdb/options.h>

namespace adapters::rocksdb {

[[nodiscard]] ::rocksdb::Options ledger_options();
// For a ledger whose log is known to be torn (torn_log.hpp): as far as its log is whole.
[[nodiscard]] ::rocksdb::Options torn_options();
[[nodiscard]] ::rocksdb::Options view_options();

// For read-only and secondary instances.
void make_quiet(::rocksdb::DBOptions& options);

}  // namespace adapters::rocksdb
