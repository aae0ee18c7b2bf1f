#include "projections/state_hash.hpp"

#include "projections/row_key.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace projections {

namespace {

ledger::Digest row_hash(std::string_view key, std::string_view value) {
    std::string bytes = big_endian(key.size());
    bytes.reserve(bytes.size() + key.size() + value.size());
    bytes += key;
    bytes += value;
    return ledger::sha256(bytes);
}

// Both as 256-bit numbers, the highest byte first.
void add_to(ledger::Digest& sum, const ledger::Digest& number, bool negated) {
    unsigned carry = negated ? 1 : 0;
    for (std::size_t i = sum.bytes.size(); i-- > 0;) {
        const unsigned byte = negated ? 0xffU - number.bytes[i] : number.bytes[i];
        carry += sum.bytes[i] + byte;
        sum.bytes[i] = static_cast<std::uint8_t>(carry & 0xff);
        carry >>= 8;
    }
}

}  // namespace

void StateHash::add(std::string_view key, std::string_view value) {
    add_to(sum_, row_hash(key, value), false);
    ++row_count_;
}

void StateHash::remove(std::string_view key, std::string_view value) {
    add_to(sum_, row_hash(key, value), true);
    --row_count_;
}

}  // namespace projections
