#include "ledger/key_name.hpp"

#include "ledger/clean.hpp"

#include <algorithm>
#include <array>

namespace ledger {

namespace {

// The property White_Space beyond ASCII.
constexpr std::array<std::string_view, 19> wide_spaces{
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
    "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
    "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

}  // namespace

bool is_key_name(std::string_view name) {
    const auto is_bad = [](char letter) {
        return letter == '+' || (static_cast<unsigned char>(letter) <= ' ');
    };
    const auto is_in_name = [&](std::string_view space) { return name.find(space) != name.npos; };
    return !name.empty() && is_well_formed_utf8(name) &&
           std::none_of(name.begin(), name.end(), is_bad) &&
           std::none_of(wide_spaces.begin(), wide_spaces.end(), is_in_name);
}

}  // namespace ledger
