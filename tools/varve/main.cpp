#include "tools/varve/command_line.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <malloc.h>

namespace {

// A command lives for less time than it would take to give memory back: so the heap grows in large
// steps and never shrinks.
void keep_memory() {
    constexpr int step_bytes = 1 << 20;
    mallopt(M_TOP_PAD, step_bytes);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_MMAP_THRESHOLD, 4 * step_bytes);
}

// Whatever holds a lock or a file has been ended by now. What static objects of libraries would
// still free, the end of the process frees sooner; a build that looks for leaks waits for them.
int end(int code) {
    std::fflush(nullptr);
#ifdef NDEBUG
    std::_Exit(code);
#else
    return code;
#endif
}

}  // namespace

int main(int argument_count, char** arguments) try {
    keep_memory();
    return end(tools::varve::run_command_line(argument_count, arguments));
} catch (const std::exception& error) {
    std::fprintf(stderr, "error[internal]: %s\n  = help: this is a bug in varve\n", error.what());
    return 1;
} catch (...) {
    std::fputs("error[internal]: something unknown went wrong; this is a bug in varve\n", stderr);
    return 1;
}
