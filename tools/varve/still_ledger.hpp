// tools/varve/still_ledger.hpp: a ledger held against what others have, without a writer between.
//
// Shape   what is read of the ledger is of one moment, and who is asked after it may know more by
//         then: where the two differ, both are read again, until the ledger is as large as the time
//         before and nobody has the writer's lock, or they do not differ any more.
// Cost    one look more where they differ in earnest, and some more beside a writer.
// Errors  conflict "ledger-locked": they still differ, and it grows from look to look.
#pragma once

#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/writer_lock.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <thread>

namespace tools::varve {

// `look` gives a Result of what has `ledger_size` and `differs`.
template <class Look>
auto look_until_still(const std::filesystem::path& ledger, const Look& look) -> decltype(look()) {
    constexpr int more_looks_max = 20;
    constexpr std::chrono::milliseconds pause{50};
    const auto lock = adapters::rocksdb::lock_of(ledger);
    auto seen = look();
    for (int count = 0; seen && seen->differs; ++count) {
        const std::uint64_t size_before = seen->ledger_size;
        std::this_thread::sleep_for(pause);
        seen = look();
        const bool is_last = count + 1 == more_looks_max;
        if (!seen || !seen->differs) break;
        const bool has_grown = seen->ledger_size != size_before;
        if (!has_grown && (is_last || !adapters::rocksdb::is_locked(lock))) break;
        if (is_last)
            return ledger::fail(
                ledger::Code::conflict, "ledger-locked",
                ledger.string() + " grows while it is held against what others " + "have of it",
                "wait until nobody writes to it, then again");
    }
    return seen;
}

}  // namespace tools::varve
