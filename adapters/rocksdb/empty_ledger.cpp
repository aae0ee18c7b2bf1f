#include "adapters/rocksdb/empty_ledger.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "ledger/tree.hpp"

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

Result<void> make_empty(const std::filesystem::path& folder, const ledger::Uuid& uuid) {
    auto database = Database::open(events_of(folder), Mode::create);
    if (!database) return fail(database.error());
    ::rocksdb::WriteBatch batch;
    ::rocksdb::ColumnFamilyHandle* meta = (*database)->handle(Family::meta);
    ::rocksdb::Status status = batch.Put(meta, slice(format_key), slice(format_value));
    if (status.ok()) status = batch.Put(meta, slice(ledger_key), slice(bytes_of(uuid)));
    if (status.ok()) status = (*database)->commit(batch);
    if (!status.ok()) return fail(error_of(status, "making the ledger"));
    const auto anchor = AnchorFile::create(folder, {0, uuid, 0, ledger::empty_root()});
    if (!anchor) return fail(anchor.error());
    return {};
}

}  // namespace adapters::rocksdb
