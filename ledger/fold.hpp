// ledger/fold.hpp: a visitor made of one case an event, so that a forgotten event does not compile.
#pragma once

namespace ledger {

template <class... Cases>
struct Overload : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overload(Cases...) -> Overload<Cases...>;

}  // namespace ledger
