// adapters/rocksdb/environment.hpp: what a database that is written to takes for the operating
// system. Internal.
//
// Why   a program of its own may define it too, and the linker takes that one: so a test can put a
//       disk that loses what is not synced under the whole store.
// Lean  it is the default one without the files of options that RocksDB writes for itself.
#pragma once

#include <rocksdb/env.h>

namespace adapters::rocksdb {

[[nodiscard]] ::rocksdb::Env* writing_environment();

}  // namespace adapters::rocksdb
