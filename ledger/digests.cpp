#include "ledger/digests.hpp"

#include "ledger/tree.hpp"

#include <cassert>
#include <cstddef>
#include <string>

namespace ledger {

void sha256_each(std::span<const Pieces> messages, std::span<Digest> digests) {
    assert(digests.size() >= messages.size());
    std::string bytes;
    for (std::size_t index = 0; index < messages.size(); ++index) {
        bytes.clear();
        for (const std::string_view piece : messages[index]) bytes += piece;
        digests[index] = sha256(bytes);
    }
}

void leaf_hashes(std::span<const std::string_view> lines, std::span<Digest> leaves) {
    assert(leaves.size() >= lines.size());
    for (std::size_t index = 0; index < lines.size(); ++index)
        leaves[index] = leaf_hash(lines[index]);
}

}  // namespace ledger
