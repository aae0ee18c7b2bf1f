#include "projections/state_hash.hpp"

#include "ledger/digests.hpp"
#include "projections/row_key.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace projections {

namespace {

std::vector<ledger::Digest> row_hashes(std::span<const StateHash::Row> rows) {
    std::vector<std::string> lengths;
    std::vector<ledger::Pieces> messages;
    lengths.reserve(rows.size());
    messages.reserve(rows.size());
    for (const auto& [key, value] : rows) {
        lengths.push_back(big_endian(key.size()));
        messages.push_back({lengths.back(), key, value});
    }
    std::vector<ledger::Digest> hashes(rows.size());
    ledger::sha256_each(messages, hashes);
    return hashes;
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

void StateHash::add(std::span<const Row> rows) {
    for (const ledger::Digest& hash : row_hashes(rows)) add_to(sum_, hash, false);
    row_count_ += rows.size();
}

void StateHash::remove(std::span<const Row> rows) {
    for (const ledger::Digest& hash : row_hashes(rows)) add_to(sum_, hash, true);
    row_count_ -= rows.size();
}

void StateHash::add(std::string_view key, std::string_view value) {
    const Row row{key, value};
    add({&row, 1});
}

void StateHash::remove(std::string_view key, std::string_view value) {
    const Row row{key, value};
    remove({&row, 1});
}

}  // namespace projections
