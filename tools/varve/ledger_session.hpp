// tools/varve/ledger_session.hpp: the ledger opened for writing, and no target.
#pragma once

#include "adapters/rocksdb/row_store.hpp"
#include "adapters/rocksdb/store.hpp"
#include "ledger/result.hpp"
#include "projections/memory_rows.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/invocation.hpp"
#include "tools/varve/system.hpp"

#include <memory>

namespace tools::varve {

class LedgerSession {
public:
    static ledger::Result<std::unique_ptr<LedgerSession>> open(const Invocation& invocation,
                                                               const Configuration& configuration);
    LedgerSession(const LedgerSession&) = delete;
    LedgerSession& operator=(const LedgerSession&) = delete;
    ~LedgerSession();  // brings the read models level with what was written

    [[nodiscard]] adapters::rocksdb::Store& store() { return *store_; }
    [[nodiscard]] projections::RowStore& rows();
    [[nodiscard]] ledger::Clock& clock() { return clock_; }
    [[nodiscard]] const ledger::Context& context() const { return context_; }

private:
    LedgerSession() = default;

    SystemClock clock_;
    Signals signals_;
    ledger::Context context_;
    std::unique_ptr<adapters::rocksdb::Store> store_;
    std::uint64_t size_at_start_{};
    std::unique_ptr<adapters::rocksdb::RowStore> rows_;
    projections::MemoryRows spare_rows_;  // where the stored ones cannot be written
};

}  // namespace tools::varve
