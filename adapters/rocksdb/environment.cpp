#include "adapters/rocksdb/environment.hpp"

namespace adapters::rocksdb {

::rocksdb::Env* writing_environment() { return ::rocksdb::Env::Default(); }

}  // namespace adapters::rocksdb
