#include "ledger/event_types.hpp"

#include "ledger/event.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace ledger {

namespace {

template <std::size_t... Index>
std::vector<std::string_view> tags(std::index_sequence<Index...> /*all*/) {
    std::vector<std::string_view> all;
    const auto add = [&](auto candidate) {
        using Candidate = typename decltype(candidate)::type;
        if constexpr (!std::is_same_v<Candidate, Opaque>) all.push_back(Candidate::tag);
    };
    (add(std::type_identity<std::variant_alternative_t<Index, EventVariant>>{}), ...);
    return all;
}

}  // namespace

std::vector<std::string_view> event_types() {
    return tags(std::make_index_sequence<std::variant_size_v<EventVariant>>{});
}

}  // namespace ledger
