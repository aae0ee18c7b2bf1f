// ledger/listed.hpp: several names in a message, of which the first few are told.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

// "a, b and 3 more" where there are more than `named_max`. Of parts that are sentences, with "; "
// between them: "a; b; and 3 more".
[[nodiscard]] std::string listed(const std::vector<std::string>& texts, std::size_t named_max,
                                 std::string_view between = ", ");

}  // namespace ledger
