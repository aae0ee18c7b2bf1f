#include "tools/varve/ledger_session.hpp"

#include "commands/situation.hpp"
#include "projections/catalogue.hpp"
#include "tools/varve/new_ledger.hpp"

#include <chrono>

namespace tools::varve {

using adapters::rocksdb::RowAccess;
using adapters::rocksdb::RowStore;
using adapters::rocksdb::Store;
using ledger::fail;
using ledger::Result;

Result<std::unique_ptr<LedgerSession>> LedgerSession::open(const Invocation& invocation,
                                                           const Configuration& configuration) {
    std::unique_ptr<LedgerSession> session{new LedgerSession};
    session->context_ = command_context(invocation, session->clock_);
    adapters::rocksdb::OpenOptions options;
    if (const auto wait = duration_ms(configuration.lock_wait))
        options.lock_wait = std::chrono::milliseconds{*wait};
    options.command = "varve " + invocation.operation;
    options.is_stopped = [&signals = session->signals_] { return signals.requested().has_value(); };
    auto store = Store::open(configuration.ledger, session->clock_, options);
    if (!store) {
        const auto signal = session->signals_.requested();
        if (signal && store.error().reason == "ledger-locked")
            return fail(commands::stopped(*signal, "waiting: " + store.error().detail));
        return fail(store.error());
    }
    session->store_ = std::move(*store);
    if (const auto head = session->store_->head()) session->size_at_start_ = head->size;
    auto rows = RowStore::open(configuration.ledger, RowAccess::write);
    if (rows && !(*rows)->read_only()) session->rows_ = std::move(*rows);
    finish_key(configuration);
    return session;
}

projections::RowStore& LedgerSession::rows() {
    if (rows_) return *rows_;
    return spare_rows_;
}

LedgerSession::~LedgerSession() {
    if (!store_ || !rows_) return;
    const auto head = store_->head();
    if (head && head->size != size_at_start_)
        static_cast<void>(projections::catch_up_all(*store_, *rows_));
}

}  // namespace tools::varve
