#include "tools/varve/catch_up_beside.hpp"

#include "projections/catalogue.hpp"

#include <chrono>
#include <cstdint>
#include <system_error>

namespace tools::varve {

namespace {

constexpr std::chrono::milliseconds pause{20};
constexpr std::uint64_t events_min = 128;  // fewer cost more to begin with than to fold

}  // namespace

CatchUpBeside::CatchUpBeside(const ledger::Reader& reader, projections::RowStore& rows)
    : reader_{reader}, rows_{rows} {
    try {
        thread_ = std::thread{[this] { work(); }};
    } catch (const std::system_error&) {
        has_ended_ = true;
    }
}

CatchUpBeside::~CatchUpBeside() {
    {
        const std::scoped_lock lock{mutex_};
        has_ended_ = true;
    }
    ended_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool CatchUpBeside::has_ended_in(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex_};
    return ended_.wait_for(lock, time, [this] { return has_ended_; });
}

void CatchUpBeside::work() {
    const auto begin = reader_.head();
    std::uint64_t level = begin ? begin->size : 0;
    while (!has_ended_in(pause)) {
        const auto head = reader_.head();
        if (!head) return;
        if (head->size - level < events_min) continue;
        if (!projections::catch_up_all(reader_, rows_)) return;
        level = head->size;
    }
}

}  // namespace tools::varve
