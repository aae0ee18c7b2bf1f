#include "adapters/http/server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace adapters::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace protocol = boost::beast::http;
using asio::ip::tcp;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::uint32_t header_bytes_max = 8U << 10U;
constexpr std::chrono::seconds silence_max{10};
constexpr std::chrono::milliseconds stop_poll{100};

using Parser = protocol::request_parser<protocol::string_body>;
using Response = protocol::response<protocol::string_body>;

Response response_of(const ServerAnswer& answer, unsigned version, bool keep_alive) {
    Response response{protocol::int_to_status(static_cast<unsigned>(answer.status)), version};
    response.result(static_cast<unsigned>(answer.status));
    response.set(protocol::field::content_type, answer.content_type);
    response.set(protocol::field::server, "varve");
    response.keep_alive(keep_alive);
    response.body() = answer.body;
    response.prepare_payload();
    return response;
}

// What to answer to a request that could not be read; nothing where there is nobody to answer.
std::optional<ServerAnswer> answer_to(const beast::error_code& error) {
    const auto plain = [](int status, const char* text) {
        return std::optional{ServerAnswer{status, "text/plain; charset=utf-8", text}};
    };
    if (error == protocol::error::body_limit) return plain(413, "the body is too large\n");
    if (error == protocol::error::header_limit) return plain(431, "the header is too large\n");
    if (error == protocol::error::end_of_stream || error == protocol::error::partial_message)
        return std::nullopt;
    if (error.category() == protocol::make_error_code(protocol::error::bad_method).category())
        return plain(400, "this is no HTTP request\n");
    return std::nullopt;
}

}  // namespace

class Server::Implementation {
public:
    Implementation(ServerOptions options, Handler handler)
        : options_{std::move(options)}, handler_{std::move(handler)}, acceptor_{context_} {}

    Result<void> listen() {
        beast::error_code error;
        const auto address = asio::ip::make_address(options_.address, error);
        if (error)
            return fail(Code::refused, "address-invalid",
                        "\"" + options_.address + "\" is no numeric address",
                        "give an address of this machine: 127.0.0.1, or 0.0.0.0 for all");
        const tcp::endpoint endpoint{address, options_.port};
        const auto step = [&error](const auto& action) {
            if (!error) action();
        };
        step([&] { acceptor_.open(endpoint.protocol(), error); });
        step([&] { acceptor_.set_option(tcp::acceptor::reuse_address(true), error); });
        step([&] { acceptor_.bind(endpoint, error); });
        step([&] { acceptor_.listen(asio::socket_base::max_listen_connections, error); });
        step([&] { port_ = acceptor_.local_endpoint(error).port(); });
        if (!error) return {};
        return fail(Code::unavailable, "address-unusable",
                    "cannot listen on " + options_.address + ":" + std::to_string(options_.port) +
                        ": " + error.message(),
                    "another program may use the port; choose another one");
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

    void run(const std::function<bool()>& stop_requested) {
        asio::co_spawn(context_, accept(), asio::detached);
        asio::co_spawn(context_, watch(stop_requested), asio::detached);
        context_.run();
    }

private:
    asio::awaitable<void> watch(std::function<bool()> stop_requested) {
        asio::steady_timer timer{context_};
        while (!stop_requested()) {
            timer.expires_after(stop_poll);
            beast::error_code ignored;
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        context_.stop();
    }

    asio::awaitable<void> accept() {
        for (;;) {
            beast::error_code error;
            tcp::socket socket =
                co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
            if (error) {  // out of descriptors, say: others will end
                asio::steady_timer pause{context_, stop_poll};
                co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
                continue;
            }
            if (connections_ >= options_.connections_max) continue;  // cut: closed here
            ++connections_;
            asio::co_spawn(context_, converse(std::move(socket)), asio::detached);
        }
    }

    // Never throws: its end is the connection's.
    asio::awaitable<void> converse(tcp::socket socket) {
        beast::error_code error;
        const auto peer = socket.remote_endpoint(error);
        beast::tcp_stream stream{std::move(socket)};
        beast::flat_buffer buffer;
        bool goes_on = !error;
        while (goes_on) goes_on = co_await answer_one(stream, buffer, peer.address().to_string());
        stream.socket().shutdown(tcp::socket::shutdown_send, error);
        --connections_;
    }

    asio::awaitable<bool> answer_one(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                     const std::string& peer) {
        Parser parser;
        parser.header_limit(header_bytes_max);
        parser.body_limit(options_.body_bytes_max);
        stream.expires_after(silence_max);
        beast::error_code error;
        co_await protocol::async_read(stream, buffer, parser,
                                      asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            const auto answer = answer_to(error);
            if (answer) co_await write(stream, response_of(*answer, 11, false));
            co_return false;
        }
        const auto& request = parser.get();
        const ServerAnswer answer = handler_({std::string{request.method_string()},
                                              std::string{request.target()}, request.body(), peer});
        const bool keep_alive = request.keep_alive();
        const bool written =
            co_await write(stream, response_of(answer, request.version(), keep_alive));
        co_return written&& keep_alive;
    }

    asio::awaitable<bool> write(beast::tcp_stream& stream, Response response) {
        beast::error_code error;
        stream.expires_after(silence_max);
        co_await protocol::async_write(stream, response,
                                       asio::redirect_error(asio::use_awaitable, error));
        co_return !error;
    }

    ServerOptions options_;
    Handler handler_;
    asio::io_context context_{1};
    tcp::acceptor acceptor_;
    std::uint16_t port_{};
    std::size_t connections_{};
};

Server::Server(std::unique_ptr<Implementation> implementation)
    : implementation_{std::move(implementation)} {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::listen(ServerOptions options, Handler handler) {
    auto implementation = std::make_unique<Implementation>(std::move(options), std::move(handler));
    if (auto listening = implementation->listen(); !listening) return fail(listening.error());
    return std::unique_ptr<Server>{new Server{std::move(implementation)}};
}

std::uint16_t Server::port() const { return implementation_->port(); }

void Server::run(const std::function<bool()>& stop_requested) {
    implementation_->run(stop_requested);
}

}  // namespace adapters::http
