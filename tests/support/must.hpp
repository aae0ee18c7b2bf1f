// tests/support/must.hpp: the value of a Result that has to have one, and the error of one that has
// not.
#pragma once

#include "ledger/result.hpp"
#include "tests/support/print.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace tests {

template <class T>
T must(ledger::Result<T> result) {
    if (!result) FAIL(result.error().reason << ": " << result.error().detail);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

template <class T>
ledger::Error error_of(const ledger::Result<T>& result) {
    if (result) FAIL("an error was expected");
    return result.error();
}

}  // namespace tests
