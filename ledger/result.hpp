// ledger/result.hpp: how every fallible function in the house answers.
//
// Result  a value, or an Error. Discarding one is a warning, and warnings are errors.
// Error   `code` says what the caller can do next; `reason` is a stable slug for programs and
//         tests; `detail` says what and where, `help` what to do next, both for people.
// Throw   nobody throws outside adapters/ and tools/; a violated invariant is an assert.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace ledger {

enum class Code {
    refused,      // the rules say no: tell the caller, never retry
    conflict,     // somebody was first: load again and decide again
    unavailable,  // nothing happened: retry later
    in_doubt,     // it may have happened: settle before anything else
    corrupt,      // what we read is not what we wrote: stop and call a human
};

struct Error {
    Code code{};
    std::string reason;  // kebab-case, listed in docs/errors.md
    std::string detail;  // one sentence; names the file, target or position concerned
    std::string help;    // the next step, or empty
    bool operator==(const Error&) const = default;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
};

inline tl::unexpected<Error> fail(Code code, std::string reason, std::string detail = {},
                                  std::string help = {}) {
    return tl::unexpected<Error>{
        Error{code, std::move(reason), std::move(detail), std::move(help)}};
}

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>{std::move(error)}; }

}  // namespace ledger
