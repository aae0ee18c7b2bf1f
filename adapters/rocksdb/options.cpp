#include "adapters/rocksdb/options.hpp"

#include "adapters/rocksdb/file_checksum.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <cstdarg>
#include <limits>

namespace adapters::rocksdb {

namespace {

constexpr std::size_t memtable_bytes = std::size_t{16} << 20U;
constexpr std::size_t memtables_bytes_max = std::size_t{4} << 20U;  // of a database, together
constexpr std::size_t view_memtables_bytes_max = std::size_t{2} << 20U;
constexpr std::size_t file_buffer_bytes = std::size_t{128} << 10U;    // of a file that is written
constexpr std::size_t memtable_block_bytes = std::size_t{32} << 10U;  // of one that grows
constexpr std::size_t block_bytes = std::size_t{16} << 10U;  // for long scans: a line is a kibibyte
// A table that was just written is read back, and would stay in a larger one to no use.
constexpr std::size_t cache_bytes = std::size_t{1} << 20U;
constexpr int cache_shard_bits = 0;
constexpr int tables_before_merge = 8;
constexpr unsigned merged_size_ratio_percent = 100;
constexpr std::uint64_t wal_bytes_max = std::uint64_t{64} << 20U;

class Silence final : public ::rocksdb::Logger {
public:
    using ::rocksdb::Logger::Logv;
    void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

class QuietEnvironment final : public ::rocksdb::EnvWrapper {
public:
    QuietEnvironment() : EnvWrapper(::rocksdb::Env::Default()) {}
    const char* Name() const override { return "quiet"; }
    void Schedule(void (*)(void*), void*, Priority, void*, void (*)(void*)) override {}
    int UnSchedule(void* /*tag*/, Priority /*priority*/) override { return 0; }
    void SetBackgroundThreads(int /*count*/, Priority /*priority*/) override {}
    void IncBackgroundThreadsIfNeeded(int /*count*/, Priority /*priority*/) override {}
    void LowerThreadPoolIOPriority(Priority /*priority*/) override {}
    void LowerThreadPoolCPUPriority(Priority /*priority*/) override {}
    unsigned int GetThreadPoolQueueLen(Priority /*priority*/) const override { return 0; }
};

::rocksdb::Options checked_options() {
    ::rocksdb::Options options;
    options.paranoid_checks = true;
    options.force_consistency_checks = true;
    options.paranoid_file_checks = true;
    options.track_and_verify_wals_in_manifest = true;
    options.file_checksum_gen_factory = file_checksums();
    options.memtable_protection_bytes_per_key = 8;
    options.recycle_log_file_num = 0;
    options.max_open_files = -1;
    options.max_file_opening_threads = 1;
    options.write_buffer_size = memtable_bytes;
    options.db_write_buffer_size = memtables_bytes_max;
    options.arena_block_size = memtable_block_bytes;
    options.writable_file_max_buffer_size = file_buffer_bytes;
    options.max_total_wal_size = wal_bytes_max;
    options.info_log = std::make_shared<Silence>();
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.compression = ::rocksdb::kLZ4Compression;
    ::rocksdb::BlockBasedTableOptions table;
    table.checksum = ::rocksdb::kXXH3;
    table.format_version = 5;
    table.block_size = block_bytes;
    table.block_cache = ::rocksdb::NewLRUCache(cache_bytes, cache_shard_bits);
    table.filter_policy.reset(::rocksdb::NewBloomFilterPolicy(10));
    options.table_factory.reset(::rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

// Every opening for writing makes small tables of the log. By levels they would only be moved, one
// by one, since what is appended never overlaps; so they are merged by size. Nothing is ever
// overwritten: to merge all there is would win no space.
::rocksdb::Options appended_options() {
    ::rocksdb::Options options = checked_options();
    options.compaction_style = ::rocksdb::kCompactionStyleUniversal;
    options.level0_file_num_compaction_trigger = tables_before_merge;
    options.compaction_options_universal.size_ratio = merged_size_ratio_percent;
    options.compaction_options_universal.max_size_amplification_percent =
        std::numeric_limits<unsigned>::max();
    return options;
}

}  // namespace

::rocksdb::Options ledger_options() {
    ::rocksdb::Options options = appended_options();
    options.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    return options;
}

::rocksdb::Options torn_options() {
    ::rocksdb::Options options = appended_options();
    options.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    return options;
}

::rocksdb::Options view_options() {
    ::rocksdb::Options options = checked_options();
    options.db_write_buffer_size = view_memtables_bytes_max;
    options.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    return options;
}

void make_quiet(::rocksdb::DBOptions& options) {
    static QuietEnvironment environment;
    options.env = &environment;
}

}  // namespace adapters::rocksdb
