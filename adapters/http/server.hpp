// adapters/http/server.hpp: a small HTTP/1.1 server for requests that are answered at once.
//
// Shape    one thread: a handler is called with one request at a time, in the order they arrived.
// Limits   header 8 KiB, body and connections as the options say, 10 s for a request to arrive and
//          for its answer to be taken; what exceeds them is answered with 413 or 431, or cut.
// Ends     run() returns when `stop_requested` answers true, asked every 100 ms; the handler is
//          never cut short.
// Errors   unavailable "address-unusable": the address cannot be bound; refused "address-invalid".
// Trust    no TLS: put a reverse proxy before it where it leaves the machine.
#pragma once

#include "ledger/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace adapters::http {

struct ServerRequest {
    std::string method;  // "POST"
    std::string target;  // "/add-checkpoint", as sent
    std::string body;
    std::string peer;  // its address
};

struct ServerAnswer {
    int status{200};
    std::string content_type{"text/plain; charset=utf-8"};
    std::string body;
};

struct ServerOptions {
    std::string address{"127.0.0.1"};  // numeric
    std::uint16_t port{};              // 0: a free one
    std::size_t body_bytes_max{std::size_t{64} << 10U};
    std::size_t connections_max{256};
};

class Server {
public:
    using Handler = std::function<ServerAnswer(const ServerRequest&)>;

    // Listens from here on.
    static ledger::Result<std::unique_ptr<Server>> listen(ServerOptions options, Handler handler);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    void run(const std::function<bool()>& stop_requested);

private:
    class Implementation;
    explicit Server(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace adapters::http
