// ledger/fail_point.hpp: a named instant at which a test may end or halt the process.
//
// Shape   one function, chosen when a program is linked: the one of this library does nothing,
// reads
//         nothing and cannot be switched on. A test's program brings an object of its own that
//         defines it, and the linker then leaves ours in the archive.
// Names   unique among all sources; what has just happened, or with `before-` what is about to.
#pragma once

namespace ledger {

void fail_point(const char* name) noexcept;

}  // namespace ledger
