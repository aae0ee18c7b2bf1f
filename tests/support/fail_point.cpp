// The fail points of the program that tests run: each may end the process, or halt it.
//
// VARVE_FAIL_POINT        "name[:nth][:action]", more of them after commas; nth from 1. Actions:
//                         "kill" (SIGKILL), "stop" (SIGSTOP, until somebody sends SIGCONT).
// VARVE_FAIL_POINT_TRACE  a file to which the name of every point that is reached is added.
#include "ledger/fail_point.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

struct Order {
    std::string name;
    unsigned nth{1};
    int signal{SIGKILL};
};

std::vector<Order> read_orders() {
    std::vector<Order> orders;
    const char* text = std::getenv("VARVE_FAIL_POINT");
    std::istringstream all{text == nullptr ? "" : text};
    for (std::string each; std::getline(all, each, ',');) {
        std::istringstream parts{each};
        Order order;
        std::getline(parts, order.name, ':');
        for (std::string part; std::getline(parts, part, ':');)
            if (part == "stop")
                order.signal = SIGSTOP;
            else if (part != "kill")
                order.nth = static_cast<unsigned>(std::stoul(part));
        orders.push_back(std::move(order));
    }
    return orders;
}

void trace(const std::string& name) {
    static const char* const path = std::getenv("VARVE_FAIL_POINT_TRACE");
    if (path == nullptr) return;
    const int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    const std::string line = name + "\n";
    if (file < 0 || write(file, line.data(), line.size()) < 0) std::abort();
    close(file);
}

}  // namespace

namespace ledger {

void fail_point(const char* name) noexcept {
    static std::mutex mutex;
    static std::map<std::string, unsigned> reached;
    static const std::vector<Order> orders = read_orders();
    int signal = 0;
    {
        const std::scoped_lock lock{mutex};  // the ledger writes on a thread of its own
        trace(name);
        const unsigned nth = ++reached[name];
        for (const Order& order : orders)
            if (order.name == name && order.nth == nth) signal = order.signal;
    }
    if (signal != 0) kill(getpid(), signal);
}

}  // namespace ledger
