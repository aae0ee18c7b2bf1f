// adapters/shadow/keeper.hpp: the process that runs a disposable server, and outlives us to end it.
//
// Shape   a child of ours in a session of its own, the server its child. It holds a pipe whose
//         other end is ours: once that is closed, by us or by the kernel after a SIGKILL, it stops
//         the server at once, removes the folder and ends.
// Killed  the server gets SIGQUIT where the keeper itself is killed; its folder is the next
//         sweep's. A lock on the folder's file `keeper` says that one is at work.
// Alone   the server starts no other program and connects to nobody
// (adapters/shadow/confinement.hpp);
//         as root, it has a network of its own with nothing in it, where the kernel lets us: a
//         script that is rehearsed reaches no other server.
#pragma once

#include "adapters/shadow/owner.hpp"
#include "ledger/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace adapters::shadow {

class Keeper {
public:
    struct Order {
        std::filesystem::path folder;    // removed in the end
        std::vector<std::string> words;  // the server's program and its arguments
        std::optional<Owner> owner;
        bool is_confined{};  // false: it is a script that starts the server
        bool may_connect{};  // where it is: the server connects to itself
    };
    static ledger::Result<Keeper> start(const Order& order);
    Keeper(Keeper&& other) noexcept;
    Keeper& operator=(Keeper&&) = delete;
    ~Keeper();  // waits until the server and the folder are gone

    // False once it has ended by itself: its log is in the folder still.
    [[nodiscard]] bool has_server() const;

private:
    Keeper(pid_t process, int pipe, std::filesystem::path folder)
        : process_{process}, pipe_{pipe}, folder_{std::move(folder)} {}

    pid_t process_;
    int pipe_;
    std::filesystem::path folder_;
};

// Is a keeper at work in the folder? False where it has none, or a dead one.
[[nodiscard]] bool is_kept(const std::filesystem::path& folder);

}  // namespace adapters::shadow
