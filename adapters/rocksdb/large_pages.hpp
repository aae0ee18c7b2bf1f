// adapters/rocksdb/large_pages.hpp: memory that costs few page faults.
//
// Use      at the start of a process or thread that allocates much in a short life, and by who has
//          forked, whose memory until then is copied page by page where it is written.
// Effect   what this thread allocates next, some MiB, comes in pages of 2 MiB where the system has
//          them (transparent huge pages, "madvise" or "always"): one fault in place of 512. On a
//          virtual machine faults are most of what a short command takes. What is not used is not
//          taken, but for the rest of a page that was begun.
// Errors   none: where there are no such pages, or no room, nothing changes.
// Source   mallopt(3), madvise(2) MADV_HUGEPAGE. The GNU C Library's malloc cuts small blocks from
//          the end of its heap, and has a heap for each thread.
#pragma once

namespace adapters::rocksdb {

void use_large_pages();

}  // namespace adapters::rocksdb
