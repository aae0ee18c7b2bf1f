#include "adapters/rocksdb/large_pages.hpp"
#include "tools/varve/command_line.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <new>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace {

// Where one of the three is closed, the next file that is opened would get its number, and what is
// meant for a person would be written into the ledger, or to the server.
void keep_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) != stream) std::_Exit(1);
}

// Whoever can write a folder can put another file in the place of the ledger, or of its key.
void keep_strangers_out() { umask(umask(0) | S_IWOTH); }

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

void tell_want(const char* what) {
    std::fprintf(
        stderr,
        "error[internal]: the system gave too little: %s\n  = help: more memory or threads "
        "(ulimit -v, ulimit -u), then the same command again: it settles what was begun\n",
        what);
}

void tell_bug(const char* what) {
    std::fprintf(stderr, "error[internal]: %s\n  = help: this is a bug in varve\n", what);
}

bool is_want(const std::error_code& code) {
    using std::errc;
    return code == errc::resource_unavailable_try_again || code == errc::not_enough_memory ||
           code == errc::too_many_files_open || code == errc::too_many_files_open_in_system;
}

// Of the exception that is being handled.
void tell_exception() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        tell_want("out of memory");
    } catch (const std::system_error& error) {
        if (is_want(error.code()))
            tell_want(error.what());
        else
            tell_bug(error.what());
    } catch (const std::exception& error) {
        tell_bug(error.what());
    } catch (...) {
        std::fputs("error[internal]: something unknown went wrong; this is a bug in varve\n",
                   stderr);
    }
}

// Where a thread, or what cleans up, has met one that nobody catches. As after a crash, the next
// command settles what was begun.
[[noreturn]] void end_at_once() {
    if (std::current_exception() == nullptr) std::abort();
    tell_exception();
    std::_Exit(1);
}

}  // namespace

int main(int argument_count, char** arguments) try {
    std::set_terminate(end_at_once);
    keep_standard_streams();
    keep_strangers_out();
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on files' sizes is an error that is told, no end
    adapters::rocksdb::use_large_pages();
    return end(tools::varve::run_command_line(argument_count, arguments));
} catch (...) {
    tell_exception();
    return end(1);
}
