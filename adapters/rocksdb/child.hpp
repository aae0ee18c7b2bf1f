// adapters/rocksdb/child.hpp: work done in a forked child, because librocksdb can abort. Internal.
//
// Shape    the child runs `work` and its bytes come back; it ends with _exit, prints nothing, dumps
//          no core, and dies with its parent.
// Errors   corrupt "ledger-damaged" where it died or outlasted `timeout` (then it is killed);
//          unavailable "ledger-unreachable" where no child could be made, where memory or threads
//          were not to be had, and where somebody killed it.
#pragma once

#include "ledger/result.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace adapters::rocksdb {

// The parent may do other things meanwhile. One that nobody waits for is killed.
class Child {
public:
    // Threads  call it before the process has any: the child has the calling one alone.
    static ledger::Result<Child> start(const std::function<std::string()>& work);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();

    // Call once.
    [[nodiscard]] ledger::Result<std::string> finish(std::chrono::milliseconds timeout);

private:
    Child(pid_t process, int result, int errors)
        : process_(process), result_(result), errors_(errors) {}

    pid_t process_;  // 0: it has been reaped
    int result_;
    int errors_;
};

[[nodiscard]] ledger::Result<std::string> run_in_child(const std::function<std::string()>& work,
                                                       std::chrono::milliseconds timeout);

// For a forked child that starts threads. Under the thread sanitizer none of them may have the
// stack, and thereby the id, of one that the parent had: the C library hands those out again, but
// not where larger ones are asked for. Elsewhere it does nothing.
void leave_stacks_of_the_parent();

// Bytes for the way home: texts, each after its length.
[[nodiscard]] std::string join(const std::vector<std::string>& texts);
[[nodiscard]] std::vector<std::string> split(std::string_view bytes);

}  // namespace adapters::rocksdb
