// tools/varve/catch_up_beside.hpp: read models brought level while a run's steps go on.
//
// Why      a step waits for the server most of its time, and folding what a long run has written
//          would otherwise be what everybody waits for at its end.
// Trust    they are caches: an error ends this, and costs somebody time later.
// Threads  one, from construction to destruction. Only it may touch the rows meanwhile; events may
//          be appended.
#pragma once

#include "commands/services.hpp"
#include "ledger/store.hpp"
#include "projections/row_store.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace tools::varve {

class CatchUpBeside final : public commands::Companion {
public:
    // Both outlive this. Where the system gives no thread, nothing is done.
    CatchUpBeside(const ledger::Reader& reader, projections::RowStore& rows);
    CatchUpBeside(const CatchUpBeside&) = delete;
    CatchUpBeside& operator=(const CatchUpBeside&) = delete;
    ~CatchUpBeside() override;

private:
    void work();
    bool has_ended_in(std::chrono::milliseconds time);

    const ledger::Reader& reader_;
    projections::RowStore& rows_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool has_ended_{};
    std::thread thread_;
};

}  // namespace tools::varve
