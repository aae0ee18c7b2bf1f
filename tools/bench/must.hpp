// tools/bench/must.hpp: what a measurement needs; without it there is none.
#pragma once

#include "ledger/result.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace tools::bench {

[[noreturn]] inline void give_up(const ledger::Error& error) {
    std::fprintf(stderr, "bench: %s: %s\n", error.reason.c_str(), error.detail.c_str());
    std::exit(1);
}

template <class T>
T must(ledger::Result<T> result) {
    if (!result) give_up(result.error());
    return std::move(*result);
}

inline void must(const ledger::Result<void>& result) {
    if (!result) give_up(result.error());
}

}  // namespace tools::bench
