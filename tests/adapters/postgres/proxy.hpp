// tests/adapters/postgres/proxy.hpp: stands between libpq and the server, and meddles.
//
// Shape    a Unix socket in a folder of its own, a thread a connection. A hook sees every piece of
//          bytes on its way, may change it, and cuts the connection by answering false.
#pragma once

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace tests {

class Proxy {
public:
    using Hook = std::function<bool(std::string&)>;

    // The server's socket is in that folder; the proxy's has the same name in its own.
    Proxy(std::string server, const std::string& port, Hook to_server, Hook to_client)
        : server_{std::move(server)},
          name_{"/.s.PGSQL." + port},
          to_server_{std::move(to_server)},
          to_client_{std::move(to_client)} {
        if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error{"mkdtemp failed"};
        listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto address = address_in(folder_);
        if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            listen(listener_, 8) != 0)
            throw std::runtime_error{"the proxy cannot listen"};
        acceptor_ = std::thread{[this] { accept_all(); }};
    }
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;
    ~Proxy() {
        is_closing_ = true;
        acceptor_.join();
        for (auto& each : connections_) each.join();
        close(listener_);
        std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] const std::string& folder() const { return folder_; }

private:
    [[nodiscard]] sockaddr_un address_in(const std::string& folder) const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const auto path = folder + name_;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        return address;
    }

    void accept_all() {
        while (!is_closing_) {
            pollfd ready{listener_, POLLIN, 0};
            if (poll(&ready, 1, 50) <= 0) continue;
            const int client = accept(listener_, nullptr, nullptr);
            if (client >= 0) connections_.emplace_back([this, client] { forward(client); });
        }
    }

    void forward(int client) {
        const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto address = address_in(server_);
        if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
            while (!is_closing_ && pump(client, server, to_server_) &&
                   pump(server, client, to_client_)) {
            }
        close(server);
        close(client);
    }

    static bool pump(int from, int to, const Hook& hook) {
        pollfd ready{from, POLLIN, 0};
        if (poll(&ready, 1, 5) <= 0) return true;
        std::array<char, 65536> buffer{};
        const auto count = recv(from, buffer.data(), buffer.size(), 0);
        if (count <= 0) return false;
        std::string bytes{buffer.data(), static_cast<std::size_t>(count)};
        const bool goes_on = !hook || hook(bytes);
        for (std::size_t sent = 0; sent < bytes.size();) {
            const auto part = send(to, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (part <= 0) return false;
            sent += static_cast<std::size_t>(part);
        }
        return goes_on;
    }

    std::string folder_{"/tmp/varve-proxy-XXXXXX"};
    std::string server_;
    std::string name_;
    Hook to_server_;
    Hook to_client_;
    int listener_{-1};
    std::atomic<bool> is_closing_{};
    std::thread acceptor_;
    std::vector<std::thread> connections_;
};

}  // namespace tests
