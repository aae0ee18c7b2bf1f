#include "adapters/rocksdb/large_pages.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <memory>
#include <sys/mman.h>

namespace adapters::rocksdb {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

void use_large_pages() {}  // their malloc keeps no heap

#else

namespace {

constexpr std::size_t page_bytes = std::size_t{2} << 20U;
constexpr std::size_t pages = 4;
// What is longer never makes the heap grow, where it would leave holes that fit nothing.
constexpr int large_block_bytes = 64 << 10;
constexpr std::size_t block_head_bytes = 2 * sizeof(std::size_t);

// Room for them is asked of the heap and left in it, and given back to the system by neither.
void keep_room_in_heap() {
    mallopt(M_MMAP_THRESHOLD, 2 * pages * page_bytes);
    mallopt(M_TRIM_THRESHOLD, 4 * pages * page_bytes);
}

// Gives back what of a block lies in whole small pages: nothing is kept there.
void empty(void* block, std::size_t bytes) {
    constexpr std::size_t small_page_bytes = 4096;
    if (std::align(small_page_bytes, small_page_bytes, block, bytes) != nullptr)
        madvise(block, bytes - bytes % small_page_bytes, MADV_DONTNEED);
}

// From the end of the heap up to where its first large page begins: addresses that are not used.
void skip(const void* end_of_heap, std::size_t bytes) {
    if (bytes < 2 * block_head_bytes) return;
    void* skipped = std::malloc(bytes - block_head_bytes);
    if (skipped == end_of_heap)
        empty(skipped, bytes - block_head_bytes);
    else
        std::free(skipped);
}

}  // namespace

void use_large_pages() {
    keep_room_in_heap();
    std::size_t room_bytes = (pages + 1) * page_bytes;
    void* const room = std::malloc(room_bytes);
    void* first = room;
    if (room == nullptr || std::align(page_bytes, pages * page_bytes, first, room_bytes) == nullptr)
        return;
    madvise(first, pages * page_bytes, MADV_HUGEPAGE);
    std::free(room);
    skip(room, (pages + 1) * page_bytes - room_bytes);
    mallopt(M_MMAP_THRESHOLD, large_block_bytes);
}

#endif

}  // namespace adapters::rocksdb
