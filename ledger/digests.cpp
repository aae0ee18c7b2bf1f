#include "ledger/digests.hpp"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#ifdef __x86_64__

#include <algorithm>
#include <cstring>

extern "C" {

// Of libcrypto, which declares it where it uses it and in no header: so its archive must be linked
// in, as CMakeLists.txt does. `quads` is 1 for four messages; one of no blocks is left as it is.
struct Sha256Lanes {
    std::array<std::array<std::uint32_t, 8>, 8> words;  // of the state: by word, then by message
};
struct Sha256Blocks {
    const unsigned char* bytes;
    int count;  // of 64 bytes
};
void sha256_multi_block(Sha256Lanes* lanes, const Sha256Blocks* blocks, int quads);
}

namespace ledger {

namespace {

constexpr std::size_t lane_count = 4;
constexpr std::size_t block_bytes = 64;
constexpr std::size_t length_bytes = 8;
constexpr std::array<std::uint32_t, 8> initial_state{
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

std::size_t size_of(const Pieces& message) {
    return message[0].size() + message[1].size() + message[2].size();
}

// With 0x80 and the length in bits at the end.
std::size_t block_count(const Pieces& message) {
    return (size_of(message) + 1 + length_bytes + block_bytes - 1) / block_bytes;
}

void pad(const Pieces& message, unsigned char* bytes, std::size_t padded_size) {
    unsigned char* end = bytes;
    for (const std::string_view piece : message) {
        if (!piece.empty()) std::memcpy(end, piece.data(), piece.size());
        end += piece.size();
    }
    const auto size = static_cast<std::size_t>(end - bytes);
    std::memset(end, 0, padded_size - size);
    *end = 0x80;
    const std::uint64_t bits = __builtin_bswap64(size * 8);
    std::memcpy(bytes + padded_size - length_bytes, &bits, length_bytes);
}

Digest digest_of_lane(const Sha256Lanes& lanes, std::size_t lane) {
    Digest digest;
    for (std::size_t word = 0; word < initial_state.size(); ++word) {
        const std::uint32_t bytes = __builtin_bswap32(lanes.words[word][lane]);
        std::memcpy(digest.bytes.data() + word * sizeof bytes, &bytes, sizeof bytes);
    }
    return digest;
}

struct Place {
    std::size_t index{};
    std::size_t block_count{};
};

void hash_side_by_side(std::span<const Pieces> messages, std::span<const Place> places,
                       std::vector<unsigned char>& room, std::span<Digest> digests) {
    std::size_t size = 0;
    for (const Place& place : places) size += place.block_count * block_bytes;
    if (room.size() < size) room.resize(size);
    std::array<Sha256Blocks, lane_count> blocks;
    blocks.fill({room.data(), 0});
    unsigned char* next = room.data();
    for (std::size_t lane = 0; lane < places.size(); ++lane) {
        const std::size_t padded_size = places[lane].block_count * block_bytes;
        pad(messages[places[lane].index], next, padded_size);
        blocks[lane] = {next, static_cast<int>(places[lane].block_count)};
        next += padded_size;
    }
    alignas(32) Sha256Lanes lanes{};
    for (std::size_t word = 0; word < initial_state.size(); ++word)
        lanes.words[word].fill(initial_state[word]);
    sha256_multi_block(&lanes, blocks.data(), 1);
    for (std::size_t lane = 0; lane < places.size(); ++lane)
        digests[places[lane].index] = digest_of_lane(lanes, lane);
}

}  // namespace

void sha256_each(std::span<const Pieces> messages, std::span<Digest> digests) {
    assert(digests.size() >= messages.size());
    // Those of one length beside each other, since a shorter one idles while a longer one goes on.
    std::vector<Place> places(messages.size());
    for (std::size_t index = 0; index < places.size(); ++index)
        places[index] = {index, block_count(messages[index])};
    std::sort(places.begin(), places.end(), [](const Place& left, const Place& right) {
        return left.block_count < right.block_count;
    });
    std::vector<unsigned char> room;
    for (std::size_t begin = 0; begin < places.size(); begin += lane_count)
        hash_side_by_side(
            messages, std::span{places}.subspan(begin, std::min(lane_count, places.size() - begin)),
            room, digests);
}

}  // namespace ledger

#else

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

}  // namespace ledger

#endif

namespace ledger {

void leaf_hashes(std::span<const std::string_view> lines, std::span<Digest> leaves) {
    constexpr std::string_view leaf_prefix{"\0", 1};
    std::vector<Pieces> messages;
    messages.reserve(lines.size());
    for (const std::string_view line : lines) messages.push_back({leaf_prefix, line, {}});
    sha256_each(messages, leaves);
}

}  // namespace ledger
