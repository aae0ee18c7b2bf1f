#include "adapters/rocksdb/large_pages.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <malloc.h>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace {

constexpr std::size_t block_bytes = std::size_t{4} << 20U;

bool has_large_pages() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#else
    std::ifstream file{"/sys/kernel/mm/transparent_hugepage/enabled"};
    std::string modes;
    std::getline(file, modes);
    return !modes.empty() && modes.find("[never]") == std::string::npos;
#endif
}

long faults_so_far() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_minflt;
}

// Of writing to every small page of a new block.
long faults_of_a_block() {
    const long before = faults_so_far();
    auto* const block = static_cast<volatile char*>(std::malloc(block_bytes));
    for (std::size_t at = 0; at < block_bytes; at += 4096) block[at] = 1;
    const long faults = faults_so_far() - before;
    std::free(const_cast<char*>(block));
    return faults;
}

}  // namespace

TEST_CASE("what is allocated in large pages costs few faults, in every thread") {
    if (!has_large_pages()) {
        WARN("SKIPPED: this system has no transparent huge pages");
        return;
    }
    const auto count = [] {
        adapters::rocksdb::use_large_pages();
        return faults_of_a_block();
    };
    // A heap that other cases have left with room for the block gives it from there.
    const bool is_new = mallinfo2().fordblks < block_bytes;
    long in_thread = 0;
    std::thread{[&] { in_thread = count(); }}.join();
    const long in_main = count();
    CHECK((!is_new || in_main < 100));  // of 1024
    CHECK((!is_new || in_thread < 100));
}

TEST_CASE("asking for large pages again and again takes no memory") {
    const auto resident_pages = [] {
        std::ifstream file{"/proc/self/statm"};
        long all = 0;
        long resident = 0;
        file >> all >> resident;
        return resident;
    };
    adapters::rocksdb::use_large_pages();
    const long before = resident_pages();
    for (int i = 0; i < 100; ++i) adapters::rocksdb::use_large_pages();
    CHECK(resident_pages() - before < 1024);  // 4 MiB
}
