#include "tools/varve/ledger_writing.hpp"

#include "tools/varve/new_ledger.hpp"
#include "tools/varve/read_models.hpp"

namespace tools::varve {

using ledger::fail;
using ledger::Result;

Result<std::unique_ptr<LedgerWriting>> LedgerWriting::open(const Invocation& invocation,
                                                           const Configuration& configuration) {
    const auto wait = duration_ms(configuration.lock_wait);
    if (!wait)
        return fail(ledger::Code::refused, "usage",
                    "\"" + configuration.lock_wait + "\" is not a duration (lock_wait)",
                    "write 500ms, 5s, 2min or 1h");
    std::unique_ptr<LedgerWriting> writing{new LedgerWriting};
    adapters::rocksdb::OpenOptions options;
    options.lock_wait = std::chrono::milliseconds{*wait};
    options.command = "varve " + invocation.operation;
    options.is_stopped = [&signals = writing->signals_] { return signals.requested().has_value(); };
    // Both fork: before either starts a thread.
    auto opening =
        adapters::rocksdb::Store::begin_open(configuration.ledger, writing->clock_, options);
    if (!opening) return fail(opening.error());
    auto rows_opening = adapters::rocksdb::RowStore::begin_open(
        configuration.ledger, adapters::rocksdb::RowAccess::write);
    auto store = opening->finish();
    if (!store) return fail(store.error());
    writing->store_ = std::move(*store);
    auto rows = rows_opening.finish();
    if (rows && !(*rows)->read_only()) writing->rows_ = std::move(*rows);
    finish_key(configuration);
    if (const auto head = writing->store_->head()) writing->size_at_start_ = head->size;
    writing->context_ = command_context(invocation, writing->clock_);
    return writing;
}

// They are caches: an error here costs time later, and nothing else.
LedgerWriting::~LedgerWriting() {
    if (store_ == nullptr || rows_ == nullptr) return;
    const auto head = store_->head();
    if (!head || head->size == size_at_start_) return;
    static_cast<void>(bring_level(*store_, *rows_));
}

}  // namespace tools::varve
