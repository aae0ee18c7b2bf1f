// tools/varve/ledger_writing.hpp: a ledger opened to be written to by a verb that needs no
// database.
//
// Owns  everything that its parts refer to; immovable.
#pragma once

#include "adapters/rocksdb/row_store.hpp"
#include "adapters/rocksdb/store.hpp"
#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/invocation.hpp"
#include "tools/varve/system.hpp"

#include <memory>

namespace tools::varve {

class LedgerWriting {
public:
    static ledger::Result<std::unique_ptr<LedgerWriting>> open(const Invocation& invocation,
                                                               const Configuration& configuration);
    LedgerWriting(const LedgerWriting&) = delete;
    LedgerWriting& operator=(const LedgerWriting&) = delete;
    ~LedgerWriting();  // brings the read models level with what was written

    [[nodiscard]] adapters::rocksdb::Store& store() { return *store_; }
    [[nodiscard]] ledger::Clock& clock() { return clock_; }
    [[nodiscard]] const ledger::Context& context() const { return context_; }

private:
    LedgerWriting() = default;

    SystemClock clock_;
    Signals signals_;
    std::unique_ptr<adapters::rocksdb::Store> store_;
    std::unique_ptr<adapters::rocksdb::RowStore> rows_;
    std::uint64_t size_at_start_{};
    ledger::Context context_;
};

}  // namespace tools::varve
