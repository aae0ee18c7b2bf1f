#include "ledger/own_stream.hpp"

#include "ledger/identity.hpp"

#include <type_traits>
#include <variant>

namespace ledger {

std::optional<std::string> own_stream(const Event& event) {
    return std::visit(
        [](const auto& each) -> std::optional<std::string> {
            if constexpr (std::is_same_v<std::decay_t<decltype(each)>, Opaque>)
                return std::nullopt;
            else if constexpr (requires { each.target; })
                return target_stream(each.target);
            else if constexpr (requires { each.version; })
                return migration_stream(each.version);
            else
                return std::string{ledger_stream};
        },
        event);
}

std::string stream_fault(const Record& record) {
    const auto own = own_stream(record.data);
    if (!own || *own == record.stream) return {};
    return "it is in the stream " + record.stream + ", and belongs to " + *own;
}

}  // namespace ledger
