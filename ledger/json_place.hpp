// ledger/json_place.hpp: where one is in a JSON document that is read or written. Internal.
//
// Limits  depth 8; integers within 2^53 - 1.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace ledger {

inline constexpr std::size_t json_depth_max = 8;
inline constexpr std::uint64_t json_integer_max = (std::uint64_t{1} << 53) - 1;

template <class Integer>
constexpr bool is_json_integer(Integer number) {
    return std::cmp_less_equal(number, json_integer_max) &&
           std::cmp_greater_equal(number, -static_cast<std::int64_t>(json_integer_max));
}

// Where one is in the document: which containers are open, and whether a value has begun.
class JsonPlace {
public:
    enum class Container { object, array };

    [[nodiscard]] const std::string& fault() const { return fault_; }
    [[nodiscard]] bool failed() const { return failed_; }

protected:
    JsonPlace() = default;
    ~JsonPlace() = default;
    // False, with a fault, where the document would become too deep.
    bool enter(Container container) {
        if (depth_ == json_depth_max) return set_fault("deeper than 8");
        containers_[depth_++] = container;
        first_ = true;
        return true;
    }
    Container leave() {
        assert(depth_ > 0);
        first_ = false;
        return containers_[--depth_];
    }
    // Whether a comma comes before the element or member that begins now.
    bool begin_next([[maybe_unused]] bool is_member) {
        // After a fault nothing is entered any more, and what is asked for then changes nothing.
        assert((failed_ ||
                is_member == (depth_ > 0 && containers_[depth_ - 1] == Container::object)) &&
               "members have names, elements have none");
        return !std::exchange(first_, false);
    }
    bool set_fault(std::string why);  // false

    bool begun_ = false;  // the next value's comma and name have been done with

private:
    std::array<Container, json_depth_max> containers_{};
    std::size_t depth_ = 0;
    bool first_ = true;
    bool failed_ = false;
    std::string fault_;
};

}  // namespace ledger
