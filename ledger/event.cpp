#include "ledger/event.hpp"

#include "ledger/fold.hpp"

namespace ledger {

std::string type_of(const Event& event) {
    return std::visit(Overload{
                          [](const Opaque& opaque) { return opaque.type; },
                          []<class Known>(const Known&) { return std::string{Known::tag}; },
                      },
                      event);
}

}  // namespace ledger
