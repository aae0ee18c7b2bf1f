// tools/tidy/functions.hpp: how long each function is, measured by its braces.
//
// Shape  a body is an outermost brace that opens neither a namespace, a type nor data. Its lines
//        are counted from the one that opens it to the one that closes it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace tools::tidy {

struct Body {
    std::size_t line{};  // where it opens, from 1
    std::size_t line_count{};
    bool operator==(const Body&) const = default;
};

// `code` as only_code() gives it.
[[nodiscard]] std::vector<Body> bodies_of(std::string_view code);

}  // namespace tools::tidy
