#include "ledger/listed.hpp"

namespace ledger {

std::string listed(const std::vector<std::string>& texts, std::size_t named_max,
                   std::string_view between) {
    std::string all;
    for (std::size_t index = 0; index < texts.size() && index < named_max; ++index) {
        if (index > 0) all += between;
        all += texts[index];
    }
    if (texts.size() <= named_max) return all;
    all += between == ", " ? " " : between;
    return all + "and " + std::to_string(texts.size() - named_max) + " more";
}

}  // namespace ledger
